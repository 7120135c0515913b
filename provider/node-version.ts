/** Imported first by each entry point: on an older Node the dependencies fail with errors that do not name the reason. */

const NEEDED = [22, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  const error = new Error(
    `pulumi-gcore-reseller needs Node.js ${NEEDED.join(".")} or newer, and this is ${process.versions.node}.`,
  );
  error.stack = error.message;
  throw error;
}
