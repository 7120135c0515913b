#!/usr/bin/env node
// Not compiled, because npm links the command and makes it executable before the first build.
const { unsupportedNode } = require("../dist/node-version.js");

const message = unsupportedNode();
if (message === undefined) {
  require("../dist/cli.js");
} else {
  console.error(message);
  process.exitCode = 1;
}
