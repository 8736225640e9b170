import type { Db } from "../database/schema.ts";
import type { PosFailure } from "../pos-client/calls/failure.ts";
import type { PosServer } from "../pos-client/calls/pos-server.ts";
import type { PosClient } from "../pos-client/client.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { openToken } from "./open-token.ts";

export type PosServerToCall = { isParked: boolean; pollIntervalMs: number | null } & (
  | { ok: true; posServer: PosServer }
  | { ok: false; failure: PosFailure }
);

/** What calls to POS servers need; `clock`: the monitor's, ms UTC. */
export interface CallDependencies {
  db: Db;
  client: PosClient;
  secretBox: SecretBox;
  clock: () => number;
}

/** With its token opened. @throws when there is no such POS server. */
export async function readPosServerToCall(
  db: Db,
  secretBox: SecretBox,
  posServerId: number,
): Promise<PosServerToCall> {
  const { sealedToken, parked, identity, pollIntervalMs, ...registered } = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "connection", "address", "sealedToken", "fingerprint", "identity", "parked"])
    .select(["pollIntervalMs", "organization.crmId"])
    .where("posServer.id", "=", posServerId)
    .executeTakeFirstOrThrow();
  const known = { isParked: parked === 1, pollIntervalMs };
  const opened = openToken(secretBox, sealedToken);
  if (!opened.ok) return { ok: false, failure: opened.failure, ...known };
  return { ok: true, posServer: { ...registered, token: opened.token, posServerId: identity }, ...known };
}
