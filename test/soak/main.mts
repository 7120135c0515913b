// npm run test:soak -- --rounds N --seed S: the rounds of soak.test.ts, longer and on every core, and their sum.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

const roundsOfALife = 4;
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "40" }, seed: { type: "string", default: "1" } },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
  throw new Error("--rounds N --seed S: whole numbers");

const lives = Math.ceil(rounds / roundsOfALife);
const workers = Math.min(lives, availableParallelism());
const shares = Array.from({ length: workers }, (_, worker) => Math.floor((lives + worker) / workers));
const firstSeeds = shares.map((_, worker) => seed + shares.slice(0, worker).reduce((sum, share) => sum + share, 0));

const sums = await Promise.all(shares.map((share, worker) => run(share, firstSeeds[worker] ?? seed)));
const total: Record<string, number> = {};
for (const { tally } of sums) {
  for (const [name, count] of Object.entries(tally)) total[name] = (total[name] ?? 0) + count;
}
console.log(
  Object.entries(total)
    .map(([name, count]) => `${count} ${name}`)
    .join(", "),
);
process.exitCode = sums.every(({ code }) => code === 0) ? 0 : 1;

function run(lives: number, seed: number): Promise<{ code: number | null; tally: Record<string, number> }> {
  const env = { ...process.env, SOAK_LIVES: String(lives), SOAK_SEED: String(seed) };
  const child = spawn("vitest", ["run", "--project", "engine", "test/soak"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (bytes) => {
    output += bytes;
    process.stdout.write(bytes);
  });
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, tally: JSON.parse(/soak (\{.*\})/.exec(output)?.[1] ?? "{}") }));
  });
}
