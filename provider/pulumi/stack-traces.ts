/**
 * Disables the formatting of stack traces until the returned function is called. The SDK records a stack trace for each of
 * about thirty promises of a resource and sends the last one to the engine, which stores it in the state of every resource
 * and never reads it. An error thrown meanwhile keeps its stack trace, because V8 formats frames only on first access.
 */
export function withoutStackTraces(): () => void {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = String;
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
  };
}
