// npm run test:soak -- --rounds N --seed S: the rounds of soak.test.ts, more of them and on every core, and their totals.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

/** As in test/support/rounds.ts. */
const ROUNDS_PER_SEQUENCE = 5;
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "40" }, seed: { type: "string", default: "1" } },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
  throw new Error("--rounds N --seed S: whole numbers");

const sequences = Math.ceil(rounds / ROUNDS_PER_SEQUENCE);
const workers = Math.min(sequences, availableParallelism());
const sequencesPerWorker = Array.from({ length: workers }, (_, worker) => Math.floor((sequences + worker) / workers));
const firstSeeds = sequencesPerWorker.map(
  (_, worker) => seed + sequencesPerWorker.slice(0, worker).reduce((sum, share) => sum + share, 0),
);

const results = await Promise.all(sequencesPerWorker.map((share, worker) => run(share, firstSeeds[worker] ?? seed)));
const total: Record<string, number> = {};
for (const { tally } of results) {
  for (const [name, count] of Object.entries(tally)) total[name] = (total[name] ?? 0) + count;
}
console.log(
  Object.entries(total)
    .map(([name, count]) => `${count} ${name}`)
    .join(", "),
);
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;

function run(sequences: number, seed: number): Promise<{ code: number | null; tally: Record<string, number> }> {
  const env = { ...process.env, SOAK_SEQUENCES: String(sequences), SOAK_SEED: String(seed) };
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
