/**
 * Where the files of the published package can be read. The README is shown on npmjs.com too, where only absolute links
 * work.
 */
export const PUBLISHED = "https://unpkg.com/pulumi-gcore-reseller/";
