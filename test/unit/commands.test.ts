import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

/** The commands that users copy from documentation, examples, comments and messages. */

const root = resolve(__dirname, "../..");
const tracked = execFileSync("git", ["ls-files", "*.md", "*.yml", "*.yaml", "*.ts", "*.mts"], {
  cwd: root,
  encoding: "utf8",
});

/** Arguments of the commands `config set` in a line, without flags and the stack's name. */
const argumentsOf = (line: string) =>
  [...line.matchAll(/\bconfig set((?: +[^\s`'"|#]+)+)/g)].map(([, rest = ""]) =>
    rest
      .replace(/--stack \S+|--\w+/g, "")
      .trim()
      .split(/ +/),
  );

test("`config set` has no value as an argument: others can read it, and a leading '-' makes it a flag", () => {
  const commands = tracked
    .trim()
    .split("\n")
    .flatMap((file) =>
      readFileSync(join(root, file), "utf8")
        .split("\n")
        .flatMap((line, i) => argumentsOf(line).map((args) => ({ at: `${file}:${i + 1}`, args }))),
    );
  expect(commands.length).toBeGreaterThan(3);
  expect(commands.filter(({ args }) => args.length > 1)).toEqual([]);
});
