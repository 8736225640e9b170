import { DAY_MS, MINUTE_MS } from "../../protocol/time-units.ts";

/** Possible widths, in ms; a log gets the narrowest with at most `MAX_BUCKETS`. */
const BUCKET_WIDTHS = [10, 60, 6 * 60, 24 * 60, 7 * 24 * 60, 364 * 24 * 60].map(
  (minutes) => minutes * MINUTE_MS,
);
const MAX_BUCKETS = 300;
const LAST_WIDTH = BUCKET_WIDTHS.at(-1) ?? DAY_MS;

/** The entries of some minutes, hours or days by the clock of the POS server. */
export interface TimeBucket {
  /** See `EntryHead`. */
  startsAt: number;
  entries: number;
  errors: number;
  line: number;
}

export interface TimeBuckets {
  widthMs: number;
  buckets: TimeBucket[];
}

/** Counts entries and errors by time, in buckets that get wider as the log gets longer. */
export function createBucketCounter() {
  let widthMs = BUCKET_WIDTHS[0] ?? MINUTE_MS;
  let buckets = new Map<number, TimeBucket>();
  let latest: TimeBucket | null = null;
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  function bucketAt(time: number, line: number): TimeBucket {
    if (latest && time >= latest.startsAt && time < latest.startsAt + widthMs) return latest;
    [from, to] = [Math.min(from, time), Math.max(to, time)];
    while ((to - from) / widthMs > MAX_BUCKETS && widthMs < LAST_WIDTH) widen();
    const startsAt = Math.floor(time / widthMs) * widthMs;
    latest = buckets.get(startsAt) ?? { startsAt, entries: 0, errors: 0, line };
    buckets.set(startsAt, latest);
    return latest;
  }

  function widen(): void {
    widthMs = BUCKET_WIDTHS[BUCKET_WIDTHS.indexOf(widthMs) + 1] ?? LAST_WIDTH;
    const narrow = [...buckets.values()];
    buckets = new Map();
    for (const { startsAt: at, entries, errors, line } of narrow) {
      const startsAt = Math.floor(at / widthMs) * widthMs;
      const wide = buckets.get(startsAt) ?? { startsAt, entries: 0, errors: 0, line };
      wide.entries += entries;
      wide.errors += errors;
      wide.line = Math.min(wide.line, line);
      buckets.set(startsAt, wide);
    }
  }

  return {
    add(time: number, isError: boolean, line: number): void {
      const bucket = bucketAt(time, line);
      bucket.entries++;
      if (isError) bucket.errors++;
    },
    finish: (): TimeBuckets => ({
      widthMs,
      buckets: [...buckets.values()].toSorted((left, right) => left.startsAt - right.startsAt),
    }),
  };
}
