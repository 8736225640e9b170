import { TelegramRefusal } from "./telegram-refusal.ts";
import { createUpdateQueue, type UpdateQueue } from "./update-queue.ts";

const FIRST_ID = 1001;
const MAX_UPDATES = 100;
const OUSTED =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/** Something that happened, as the Bot API says it. */
type SimulatedUpdate = { update_id: number } & Record<string, unknown>;

interface UpdatesQuery {
  /** What came before it is forgotten. */
  offset?: number | undefined;
  limit?: number | undefined;
  /** How long to wait for something, ms. */
  waitMs: number;
  /** Whoever asked has gone. */
  signal: AbortSignal;
}

/** What the bot has not heard of yet, which is given to one who asks at a time. */
export interface SimulatedUpdates
  extends Pick<UpdateQueue<Record<string, unknown>>, "push" | "waiting" | "isAsked" | "close"> {
  /** @throws TelegramRefusal when somebody else asks meanwhile. */
  take(query: UpdatesQuery): Promise<SimulatedUpdate[]>;
}

export function createSimulatedUpdates(): SimulatedUpdates {
  const queue = createUpdateQueue<Record<string, unknown>>(FIRST_ID, () => new TelegramRefusal(409, OUSTED));

  return {
    ...queue,
    async take({ offset = 0, limit = MAX_UPDATES, waitMs, signal }) {
      const queued = await queue.take(offset, waitMs, signal);
      const updates = queued.map(({ number, update }) => ({ update_id: number, ...update }));
      return updates.slice(0, Math.min(Math.max(limit, 1), MAX_UPDATES));
    },
  };
}
