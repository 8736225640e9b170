export type TestClock = ReturnType<typeof createClock>;

/** The real time, which no test moves. */
export const REAL_CLOCK: TestClock = Object.assign(() => Date.now(), { advance() {}, set() {} });

export const START = Date.parse("2026-11-24T10:00:00.000Z");

/** A clock that stands until it is moved, ms UTC. */
export function createClock(start = START) {
  let now = start;
  return Object.assign(() => now, {
    advance(ms: number) {
      now += ms;
    },
    set(at: number) {
      now = at;
    },
  });
}
