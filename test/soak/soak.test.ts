import { afterAll, expect, test } from "vitest";
import { emptyTally, runSequence } from "../support/rounds";

/** Rounds of random faults; `npm run test:soak` sets their number. A sequence is four rounds. */

const sequences = Number(process.env.SOAK_SEQUENCES ?? 2);
const seed = Number(process.env.SOAK_SEED ?? 1);
const tally = emptyTally();

test.each(Array.from({ length: sequences }, (_, i) => [seed + i]))(
  "four rounds of faults, seed %i: no duplicate, no orphan, no lost account",
  async (sequenceSeed) => {
    await runSequence(sequenceSeed, tally);
  },
);

afterAll(() => {
  console.log(`soak ${JSON.stringify(tally)}`);
  expect(tally).toMatchObject({ duplicates: 0, orphans: 0, lost: 0 });
});
