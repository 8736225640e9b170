import type { Format } from "./format.ts";

const MINUTE_MS = 60_000;

/** How long something lasted that is over: what did so for seconds is not «только что». */
export function lastedFor(format: Format, from: number, to: number): string {
  return to - from < MINUTE_MS ? format.elapsed(Math.max(to - from, 0)) : format.lasted(from, to).text;
}
