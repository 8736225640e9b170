const BEAT_MS = 1_000;
/** The clock may be corrected by so much without a word. */
const MAX_DRIFT_MS = 5_000;

export interface HeartbeatOptions {
  /** The time of day, ms UTC: it may jump. */
  clock: () => number;
  /** ms, only ever forwards. */
  monotonicClock: () => number;
  /** Called about once a second, whatever the clock does. It must not throw. */
  onBeat: (now: number) => void;
  /** Called before a beat when the clock went on by another time than really passed, with the difference in ms. */
  onJump: (jumpMs: number) => void;
}

/** Beats by the monotonic clock, so that no setting of the clock can stop it, hurry it, or make it catch up. */
export interface Heartbeat {
  start(): void;
  stop(): void;
}

export function createHeartbeat({ clock, monotonicClock, onBeat, onJump }: HeartbeatOptions): Heartbeat {
  let timer: NodeJS.Timeout | undefined;
  let wallAt = 0;
  let monotonicAt = 0;

  return {
    start() {
      wallAt = clock();
      monotonicAt = monotonicClock();
      timer = setInterval(beat, BEAT_MS);
    },
    stop() {
      clearInterval(timer);
    },
  };

  function beat(): void {
    const now = clock();
    const passedMs = monotonicClock() - monotonicAt;
    const jumpMs = Math.round(now - wallAt - passedMs);
    wallAt = now;
    monotonicAt += passedMs;
    if (Math.abs(jumpMs) > MAX_DRIFT_MS) onJump(jumpMs);
    onBeat(now);
  }
}
