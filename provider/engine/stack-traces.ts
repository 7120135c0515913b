/**
 * The SDK writes down a stack trace for each of the some thirty promises that it makes a resource, and sends the last to the
 * engine, which keeps it in the state of every resource and reads it nowhere. Until what this returns is called, it gets
 * none. An error thrown meanwhile keeps its own: its frames are only written down when somebody asks for them.
 */
export function withoutStackTraces(): () => void {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = String;
  return () => {
    Error.prepareStackTrace = prepareStackTrace;
  };
}
