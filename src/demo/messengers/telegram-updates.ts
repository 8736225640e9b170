import { TelegramRefusal } from "./telegram-refusal.ts";
import { createUpdateQueue } from "./update-queue.ts";

const FIRST_ID = 1001;
const MAX_UPDATES = 100;
const OUSTED =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

export type SimulatedUpdates = ReturnType<typeof createSimulatedUpdates>;

export function createSimulatedUpdates() {
  const queue = createUpdateQueue<Record<string, unknown>>(FIRST_ID, () => new TelegramRefusal(409, OUSTED));

  return {
    ...queue,
    /** @param offset drops updates before it. @throws TelegramRefusal when another poll begins meanwhile. */
    async take(offset = 0, limit = MAX_UPDATES, waitMs: number, signal: AbortSignal) {
      const queued = await queue.take(offset, waitMs, signal);
      const updates = queued.map(({ number, update }) => ({ update_id: number, ...update }));
      return updates.slice(0, Math.min(Math.max(limit, 1), MAX_UPDATES));
    },
  };
}
