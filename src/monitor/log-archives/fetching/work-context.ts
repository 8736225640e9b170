import type { FastifyBaseLogger } from "fastify";
import type { Db } from "../../database/schema.ts";
import type { PosClient } from "../../pos-client/client.ts";
import type { Pace } from "../../requests/pace.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { ArchiveStore } from "../store/store.ts";
import type { Timing } from "./timing.ts";

type LogClient = Pick<PosClient, "agents" | "fetchStatus" | "listLogs" | "openLogArchive">;

export interface WorkContext {
  db: Db;
  client: LogClient;
  secretBox: SecretBox;
  store: ArchiveStore;
  timing: Timing;
  log: FastifyBaseLogger;
  clock: () => number;
  monotonicClock: () => number;
}

export interface RequestContext extends WorkContext {
  pace: Pace;
}
