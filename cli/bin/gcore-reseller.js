#!/usr/bin/env node
// Not compiled, because npm links the command and makes it executable before the first build.
require("../dist/main.js");
