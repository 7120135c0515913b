import { afterAll, expect, test } from "vitest";
import { emptyTally, runSequence } from "../support/rounds";

/** Rounds of random faults; `npm run test:soak` sets their number. A sequence is five rounds. */

const sequences = Number(process.env.SOAK_SEQUENCES ?? 2);
const seed = Number(process.env.SOAK_SEED ?? 1);
const tally = emptyTally();

test.each(Array.from({ length: sequences }, (_, i) => [seed + i]))(
  "five rounds of faults, seed %i: no duplicate, no orphan, none lost, no foreign one touched",
  async (sequenceSeed) => {
    await runSequence(sequenceSeed, tally);
  },
  // About forty runs of the CLI, which a busy machine needs more than ten minutes for.
  3_600_000,
);

afterAll(() => {
  console.log(`soak ${JSON.stringify(tally)}`);
  expect(tally).toMatchObject({ duplicates: 0, orphans: 0, lost: 0, foreign: 0 });
});
