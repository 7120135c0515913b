// What the GitHub action pulumi/actions does for its inputs, by the same calls of the Automation API. Prints what the
// action writes as a comment.
const { LocalWorkspace } = require("@pulumi/pulumi/automation");

const { command, "stack-name": stackName, ...options } = JSON.parse(process.argv[2]);

async function run() {
  const stack = await LocalWorkspace.selectStack({ stackName, workDir: process.cwd() });
  const { stdout } = await stack[command]({ diff: options.diff, color: "auto" });
  await stack.outputs();
  return stdout;
}

run().then(
  (stdout) => process.stdout.write(stdout),
  (error) => {
    process.stderr.write(error.message);
    process.exitCode = 1;
  },
);
