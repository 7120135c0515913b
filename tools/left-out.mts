// The end of npm test: the tests that it leaves out, each with what it needs beyond Node.js. The workflow `ci` runs them all.
const leftOut = [
  { command: "npm run test:schemathesis", needs: "Python 3.10 or newer with venv, and PyPI" },
  { command: "npm run test:page", needs: "Chromium" },
  { command: "npm run test:pipelines", needs: "Go and its module proxy" },
  { command: "npm run test:backends", needs: "PostgreSQL, and Go for the S3 server" },
];

for (const { command, needs } of leftOut) console.log(`left out: ${command}, which needs ${needs}`);
