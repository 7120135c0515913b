/**
 * How far apart requests start: as the user set it, and as far apart as the API turns out to want them.
 *
 * An API that counts by the second or the minute takes a whole burst after each pause; spacing would only leave it idle. One
 * that wants requests evenly spaced takes but the first of a burst. No reply tells which it is, so it is tried once.
 */
export interface Pace {
  /** Milliseconds from one start to the next. */
  spacing(): number;
  /** A request got through. */
  passed(): void;
  /** One was refused. `throughput` is how many a second got through since the last pause, the coming one included. */
  refused(throughput: number): void;
}

/** The refusal at which spacing is tried: a single one tells nothing about how the API counts. */
const TRIAL = 2;
/** Spacing is kept when it gets so much more through than bursts did. */
const WORTH_SPACING = 1.3;
/** The rate grows with each request that gets through: fast, but slowly where the API refused it last. */
const [FAST, SLOW, NEAR] = [1.1, 1.001, 0.8];

export function createPace(requestsPerSecond = Number.POSITIVE_INFINITY): Pace {
  let rate = Number.POSITIVE_INFINITY;
  let refusedRate = Number.POSITIVE_INFINITY;
  let refusals = 0;
  let inBursts = 0;

  return {
    spacing: () => 1000 / Math.min(rate, requestsPerSecond),

    passed() {
      const near = rate >= NEAR * refusedRate && rate <= refusedRate;
      rate *= near ? SLOW : FAST;
    },

    refused(throughput) {
      refusals++;
      if (refusals === TRIAL) {
        inBursts = throughput;
        rate = 2 * throughput;
      } else if (rate < Number.POSITIVE_INFINITY) {
        const kept = refusals > TRIAL + 1 || throughput >= WORTH_SPACING * inBursts;
        refusedRate = rate;
        rate = kept ? throughput : Number.POSITIVE_INFINITY;
      }
    },
  };
}
