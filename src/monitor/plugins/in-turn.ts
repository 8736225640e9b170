import type { FastifyReply, FastifyRequest } from "fastify";
import { NoPlaceError, type Places } from "../workers/places.ts";
import { BusyError, type BusyWith } from "./errors.ts";
import { whileConnected } from "./while-connected.ts";

const RETRY_AFTER_SECONDS = 5;

/**
 * Runs one task per person at a time; a person's API tokens count as that person.
 * @returns `left` when the client disconnected first. @throws BusyError when too many tasks wait.
 */
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
