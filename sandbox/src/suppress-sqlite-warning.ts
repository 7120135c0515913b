// Node warns that node:sqlite is experimental when it is loaded. Only that warning is suppressed. This file must be
// imported before any other that loads node:sqlite.
const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;

process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
  if (!String(warning).startsWith("SQLite is an experimental feature")) emitWarning(warning, ...rest);
};
