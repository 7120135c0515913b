const required = [22, 19] as const;

/** What to say of a Node.js that is too old; undefined if it is not. */
export function unsupportedNode(version = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > required[0] || (major === required[0] && minor >= required[1])) return undefined;
  return `gcore-reseller-sandbox needs Node.js ${required.join(".")} or newer; this is ${version}`;
}
