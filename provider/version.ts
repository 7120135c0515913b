/** Version of this package; found by name, so that the source and the built file agree. */
export const { version }: { version: string } = require("pulumi-gcore-reseller/package.json");
