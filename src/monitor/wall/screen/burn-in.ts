const HOUR_MS = 3_600_000;
/** In steps of two pixels (public/css/wall.css). */
const SIDE = 6;

/** Where the wall stands in this hour: one step on from the hour before, around a square within a day. */
export function shiftAt(now: number): { x: number; y: number } {
  const step = Math.floor(now / HOUR_MS) % (4 * SIDE);
  const along = step % SIDE;
  if (step < SIDE) return { x: along, y: 0 };
  if (step < 2 * SIDE) return { x: SIDE, y: along };
  if (step < 3 * SIDE) return { x: SIDE - along, y: SIDE };
  return { x: 0, y: SIDE - along };
}
