/** What may come at least within so many ticks in which something was waited for. */
export interface PaceBound {
  ticks: number;
  leastBytes: number;
  /** Called with each tick that ends below it. */
  onBelow: () => void;
}

/** Watches how fast that comes which is waited for. */
export interface Pace {
  /** Waits for another machine: only such time counts, not what this one needs for itself. */
  waiting<T>(answer: Promise<T>): Promise<T>;
  received(bytes: number): void;
  stop(): void;
}

export interface PaceOptions extends PaceBound {
  tickMs: number;
  /** One that counts the same for a longer time. */
  within?: Pace;
}

/**
 * Counts ticks of a timer, not time: while the process stands still, or the clock is set, nothing is counted, so that
 * nobody is called slow for it.
 */
export function startPace({ tickMs, ticks, leastBytes, onBelow, within }: PaceOptions): Pace {
  /** What came in each of the last ticks. */
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
