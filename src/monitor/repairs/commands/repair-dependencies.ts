import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../../database/schema.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { PollNow } from "../../polling/poll-now.ts";
import type { PosClient } from "../../pos-client/client.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";

export interface RepairDependencies {
  db: Db;
  client: PosClient;
  pollNow: PollNow;
  fleet: Fleet;
  secretBox: SecretBox;
  log: FastifyBaseLogger;
  clock: () => number;
  /** Between two calls of one command; tests shorten it. */
  pauseMs?: number | undefined;
}
