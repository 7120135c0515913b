/** Imported first by each entry point: on an older Node.js the dependencies fail with errors that do not name the reason. */

const REQUIRED = [22, 19] as const;

/** The error for a Node.js that is too old; `undefined` for a supported one. */
export function unsupportedNode(version = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > REQUIRED[0] || (major === REQUIRED[0] && minor >= REQUIRED[1])) return undefined;
  return `pulumi-gcore-reseller needs Node.js ${REQUIRED.join(".")} or newer; this is ${version}`;
}

const message = unsupportedNode();
// A stack trace would only show how the package was loaded.
if (message !== undefined) throw Object.assign(new Error(message), { stack: message });
