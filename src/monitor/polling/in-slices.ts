import { setTimeout as delay } from "node:timers/promises";

const SLICE_SIZE = 25;
const SLICES_MS = 700;

/** Does something for each id, in slices over most of a second, so that pages are answered in between. */
export async function inSlices(
  ids: readonly number[],
  act: (id: number) => void,
  isStopped: () => boolean,
): Promise<void> {
  const beganAt = performance.now();
  for (let start = 0; start < ids.length && !isStopped(); start += SLICE_SIZE) {
    const startsAt = beganAt + (SLICES_MS * start) / ids.length;
    if (start > 0) await delay(Math.max(startsAt - performance.now(), 0));
    for (const id of ids.slice(start, start + SLICE_SIZE)) act(id);
  }
}
