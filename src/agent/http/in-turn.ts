import type { FastifyReply } from "fastify";
import { sendError } from "./send-error.ts";

const RETRY_AFTER_SECONDS = 5;
/** One that runs and two that wait. */
const MAX_ASKED = 3;

export type InTurn = <Result>(reply: FastifyReply, read: () => Promise<Result>) => Promise<FastifyReply>;

/** Reading logs takes seconds: one call at a time, and few may wait. */
export function createTurns(): InTurn {
  let lastRead: Promise<unknown> = Promise.resolve();
  let asked = 0;
  return async (reply, read) => {
    if (asked === MAX_ASKED) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      return sendError(reply, 503, "busy", "The logs are being looked through already.");
    }
    asked += 1;
    const turn = lastRead.then(read);
    lastRead = turn.catch(() => {});
    try {
      return reply.header("cache-control", "no-store").send(await turn);
    } finally {
      asked -= 1;
    }
  };
}
