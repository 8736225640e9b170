import type { FastifyBaseLogger } from "fastify";
import type { Fleet } from "../../fleet/fleet.ts";
import type { PollNow } from "../../polling/poll-now.ts";
import type { CallDependencies } from "../../restaurants/pos-server-to-call.ts";

export interface RepairDependencies extends CallDependencies {
  pollNow: PollNow;
  fleet: Fleet;
  log: FastifyBaseLogger;
  /** Between two calls of one command; tests shorten it. */
  pauseMs?: number | undefined;
}
