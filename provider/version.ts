/** Version of this package; resolved by package name, so that the source and the built file return the same one. */
export const { version }: { version: string } = require("pulumi-gcore-reseller/package.json");
