import { expect, test } from "vitest";
import { createPace } from "../../provider/api/pace";

/** The time between two requests, from reply to reply: a number is a refusal at this throughput. */

type Reply = "accepted" | number;
const accepted = "accepted";

/** Requests per second at the end; Infinity when they are not spaced. */
function rateAfter(replies: readonly Reply[], requestsPerSecond?: number): number {
  const pace = createPace(requestsPerSecond);
  for (const reply of replies) reply === accepted ? pace.accepted() : pace.refused(reply);
  return 1000 / pace.spacing();
}

test.each<[string, Reply[], number]>([
  ["nothing refused", [accepted], Number.POSITIVE_INFINITY],
  ["one refusal: no spacing yet", [10], Number.POSITIVE_INFINITY],
  ["the second one: tried, at twice the throughput", [10, 10], 20],
  ["accepted while tried: a tenth faster", [10, 10, accepted], 22],
  ["refused while tried, 1.3 times the throughput: kept", [10, 10, 13], 13],
  ["refused while tried, less: given up", [10, 10, 12.9], Number.POSITIVE_INFINITY],
  ["given up: not tried again", [10, 10, 12.9, 10, 10], Number.POSITIVE_INFINITY],
  ["kept: a later refusal never gives it up", [10, 10, 13, 1], 1],
  ["far below the refused rate: a tenth faster", [10, 10, 15, accepted], 16.5],
  ["from 0.8 of the refused rate on: a thousandth faster", [10, 10, 16, accepted], 16.016],
  ["at the refused rate: a thousandth faster", [10, 10, 20, accepted], 20.02],
  ["beyond the refused rate: a tenth faster", [10, 10, 20, accepted, accepted], 22.022],
])("%s", (_what, replies, rate) => {
  expect(rateAfter(replies)).toBeCloseTo(rate, 6);
});

test("requestsPerSecond: never faster", () => {
  expect([rateAfter([], 5), rateAfter([10, 10], 5), rateAfter([10, 10], 50)]).toEqual([5, 5, 20]);
});
