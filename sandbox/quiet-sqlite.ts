// Node warns that node:sqlite is experimental when it is loaded. Just that one line is dropped, so this file must be
// imported before any that loads it.
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;

process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
  if (!String(warning).startsWith("SQLite is an experimental feature")) emitWarning(warning, ...rest);
};
