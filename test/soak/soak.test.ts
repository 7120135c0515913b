import { afterAll, expect, test } from "vitest";
import { noTally, runLife } from "../support/rounds";

/** Bad luck at length; `npm run test:soak` sets how much. A life is four rounds. */

const lives = Number(process.env.SOAK_LIVES ?? 2);
const seed = Number(process.env.SOAK_SEED ?? 1);
const tally = noTally();

test.each(Array.from({ length: lives }, (_, i) => [seed + i]))("seed %i", async (life) => {
  await runLife(life, tally);
});

afterAll(() => {
  console.log(`soak ${JSON.stringify(tally)}`);
  expect(tally).toMatchObject({ duplicates: 0, orphans: 0, lost: 0 });
});
