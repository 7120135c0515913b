import { expect } from "vitest";
import type { Stack } from "./stack";

const MAX_STATE_BYTES = 1200;

/** Expects that each resource of a kind takes little of the state, as the CLI writes it: every byte is written at each step. */
export async function expectSmallState(stack: Stack, kind: string) {
  const sizes = Object.values(await stack.resources(kind)).map((one) => JSON.stringify(one).length);
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes), `bytes of a ${kind}`).toBeLessThanOrEqual(MAX_STATE_BYTES);
}
