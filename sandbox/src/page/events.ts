import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "../clock";

/** A page reads at most this often, however many calls come in. */
const INTERVAL_MS = 500;

/**
 * Server-sent events: one named `sandbox-changed` at the start and after changes. It has no data: the page reads anew what it
 * shows.
 *
 * @param onChange Calls a function after each change, until the function that it returns is called.
 */
export function changeEvents(c: Context, clock: Clock, onChange: (listener: () => void) => () => void): Response {
  return streamSSE(c, async (stream) => {
    let isChanged = true;
    let wake = () => {};
    const end = () => wake();
    const stopListening = onChange(() => {
      isChanged = true;
      wake();
    });
    stream.onAbort(end);
    clock.closing.addEventListener("abort", end);
    try {
      while (!stream.aborted && !clock.closed) {
        if (isChanged) {
          isChanged = false;
          await stream.writeSSE({ event: "sandbox-changed", data: "" });
          await clock.wait(INTERVAL_MS);
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } catch (error) {
      if (!clock.closed) throw error;
    } finally {
      stopListening();
      clock.closing.removeEventListener("abort", end);
    }
  });
}
