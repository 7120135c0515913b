/**
 * The time between the starts of two requests: at least what the user set, and what the API's rate limit needs.
 *
 * A rate limit that counts per second or per minute accepts a whole burst after each pause: spacing would waste its
 * capacity. One that wants evenly spaced requests accepts only the first of a burst. No reply says which of the two it
 * is, so spacing is tried once and kept when it helps.
 */
export interface Pace {
  /** Milliseconds between two starts. */
  spacing(): number;
  /** A request was accepted. */
  accepted(): void;
  /** A request was refused. `throughput`: requests per second accepted since the last pause, the new pause included. */
  refused(throughput: number): void;
}

/** The refusal at which spacing is tried: a single one does not show how the API counts. */
const TRIAL_REFUSAL = 2;
/** Spacing is kept when its throughput is this many times that of bursts. */
const MIN_SPACING_GAIN = 1.3;
/** The rate grows by this factor with each accepted request. */
const GROWTH = 1.1;
/** The same near the rate that the API refused last. */
const CAREFUL_GROWTH = 1.001;
/** "Near" begins at this share of the refused rate. */
const NEAR_REFUSED_RATE = 0.8;

export function createPace(requestsPerSecond = Number.POSITIVE_INFINITY): Pace {
  let rate = Number.POSITIVE_INFINITY;
  let refusedRate = Number.POSITIVE_INFINITY;
  let refusals = 0;
  let burstThroughput = 0;

  return {
    spacing: () => 1000 / Math.min(rate, requestsPerSecond),

    accepted() {
      const near = rate >= NEAR_REFUSED_RATE * refusedRate && rate <= refusedRate;
      rate *= near ? CAREFUL_GROWTH : GROWTH;
    },

    refused(throughput) {
      refusals++;
      if (refusals === TRIAL_REFUSAL) {
        burstThroughput = throughput;
        rate = 2 * throughput;
      } else if (rate < Number.POSITIVE_INFINITY) {
        const kept = refusals > TRIAL_REFUSAL + 1 || throughput >= MIN_SPACING_GAIN * burstThroughput;
        refusedRate = rate;
        rate = kept ? throughput : Number.POSITIVE_INFINITY;
      }
    },
  };
}
