import type { FastifyBaseLogger } from "fastify";

/** Knows since when poll results cannot be saved (monotonic ms), and logs each reason once. */
export function createSavingTrouble(log: FastifyBaseLogger, monotonicClock: () => number) {
  let since: number | null = null;
  let loggedReason: string | null = null;

  return {
    since: (): number | null => since,
    begin(error: unknown): void {
      since ??= monotonicClock();
      const reason = String(error);
      if (reason === loggedReason) return;
      loggedReason = reason;
      log.error({ err: error }, "Poll results could not be saved; trying again until they are");
    },
    end(): void {
      if (since !== null) log.info("Poll results are saved again");
      since = null;
      loggedReason = null;
    },
  };
}
