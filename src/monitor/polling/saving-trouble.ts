import type { FastifyBaseLogger } from "fastify";

/** Since when poll results cannot be saved, and why: it is logged once, not with every attempt. */
export interface SavingTrouble {
  /** By the monotonic clock; null = they are saved. */
  since(): number | null;
  begin(error: unknown): void;
  end(): void;
}

/** @param monotonicClock ms, only ever forwards. */
export function createSavingTrouble(log: FastifyBaseLogger, monotonicClock: () => number): SavingTrouble {
  let since: number | null = null;
  let loggedReason: string | null = null;

  return {
    since: () => since,
    begin(error) {
      since ??= monotonicClock();
      const reason = String(error);
      if (reason === loggedReason) return;
      loggedReason = reason;
      log.error({ err: error }, "Poll results could not be saved; trying again until they are");
    },
    end() {
      if (since !== null) log.info("Poll results are saved again");
      since = null;
      loggedReason = null;
    },
  };
}
