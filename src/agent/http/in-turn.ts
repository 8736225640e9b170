import type { FastifyReply } from "fastify";
import pLimit from "p-limit";
import { sendError } from "./send-error.ts";

const RETRY_AFTER_SECONDS = 5;
/** One that runs and two that wait. */
const MAX_ASKED = 3;

type InTurn = <Result>(reply: FastifyReply, read: () => Promise<Result>) => Promise<FastifyReply>;

/** Reading logs takes seconds: one call at a time, and few may wait. */
export function createTurns(): InTurn {
  const oneByOne = pLimit(1);
  return async (reply, read) => {
    if (oneByOne.activeCount + oneByOne.pendingCount === MAX_ASKED) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      return sendError(reply, 503, "busy", "The logs are being looked through already.");
    }
    return reply.header("cache-control", "no-store").send(await oneByOne(read));
  };
}
