/**
 * The SDK takes a stack trace for each of the some thirty promises that it makes a resource, and sends the whole stack of
 * the construction to the engine, which keeps it in the state of every resource. Between `thin` and what it returns, a
 * promise's trace is one frame, and the stack the program's own: less the frames of `file`, which stand between a
 * resource's class and the SDK, and less Node's loader and all that called it.
 */
export function thinStackTraces(file: string): () => void {
  const { stackTraceLimit, prepareStackTrace } = Error;
  // One frame still tells where an error was thrown, be it by a program's own transformation.
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = (error, frames) => (prepareStackTrace ?? plain)(error, programsOwn(frames, file));
  return () => {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  };
}

function programsOwn(frames: NodeJS.CallSite[], file: string): NodeJS.CallSite[] {
  const own = frames.filter((frame) => frame.getFileName() !== file);
  const loader = own.findIndex((frame) => frame.getFileName()?.startsWith("node:"));
  return loader < 0 ? own : own.slice(0, loader);
}

/** As V8 writes it when nobody else does. */
const plain = (error: Error, frames: NodeJS.CallSite[]) => [error, ...frames].join("\n    at ");
