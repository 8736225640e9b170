import type { FastifyReply, FastifyRequest } from "fastify";
import { NoPlaceError, type Places } from "../workers/places.ts";
import { BusyError, type BusyWith } from "./errors.ts";
import { whileConnected } from "./while-connected.ts";

const RETRY_AFTER_SECONDS = 5;

/** Of one person, or of the tokens that they made, one at a time. `left`: the caller went away before the end. @throws BusyError when too much waits already. */
export async function inTurn<Result>(
  request: FastifyRequest,
  reply: FastifyReply,
  { places, busyWith }: { places: Places; busyWith: BusyWith },
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | "left"> {
  return await whileConnected(reply, async (signal) => {
    const giveUpPlace = await places.take(request.actor().userId ?? 0, signal).catch((error: unknown) => {
      throw error instanceof NoPlaceError ? new BusyError(busyWith, RETRY_AFTER_SECONDS) : error;
    });
    try {
      return await work(signal);
    } finally {
      giveUpPlace();
    }
  });
}
