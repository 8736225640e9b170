/** Watches how fast bytes come while they are waited for. */
export interface Pace {
  /** Waits for the other machine; only this time counts, not what this machine needs itself. */
  waiting<T>(answer: Promise<T>): Promise<T>;
  received(bytes: number): void;
  stop(): void;
}

export interface PaceOptions {
  tickMs: number;
  /** How many ticks in a row count together. */
  ticks: number;
  leastBytes: number;
  /** Called at each tick with too few bytes. */
  onBelow: () => void;
  /** Another pace over a longer time, which counts the same bytes. */
  within?: Pace;
}

/** Counts ticks, not time: a process that stands still or a clock that is set makes nobody slow. */
export function startPace({ tickMs, ticks, leastBytes, onBelow, within }: PaceOptions): Pace {
  const window: number[] = [];
  let waits = 0;
  let bytes = 0;
  const timer = setInterval(tick, tickMs);

  return {
    async waiting(answer) {
      waits++;
      try {
        return await (within ? within.waiting(answer) : answer);
      } finally {
        waits--;
      }
    },
    received(count) {
      bytes += count;
      within?.received(count);
    },
    stop: () => clearInterval(timer),
  };

  function tick(): void {
    if (waits === 0 && bytes === 0) return;
    window.push(bytes);
    bytes = 0;
    if (window.length > ticks) window.shift();
    if (window.length === ticks && sum(window) < leastBytes) onBelow();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
