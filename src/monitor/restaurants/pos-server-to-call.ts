import type { Db } from "../database/schema.ts";
import { failureOf, type PosFailure } from "../pos-client/calls/failure.ts";
import type { PosServer } from "../pos-client/calls/pos-server.ts";
import type { PosClient } from "../pos-client/client.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** As when the POS server refuses the token: it has to be paired again. */
const UNREADABLE_TOKEN = failureOf(
  "unauthorized",
  "the stored token cannot be read with the key of this data folder",
);

/** null = no token. */
type OpenedToken = { ok: true; token: string | null } | { ok: false; failure: PosFailure; cause: unknown };

export type WayToCall = Pick<PosServer, "connection" | "address">;

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

export function canBeCalled({ connection, address }: WayToCall): boolean {
  return connection === "dial_out" || address !== null;
}

export function isUnprotected({ connection, address }: WayToCall): boolean {
  return connection === "direct" && (address?.startsWith("http://") ?? false);
}

/** A token may have been sealed with the key of another data folder. */
export function openToken(secretBox: SecretBox, sealedToken: Uint8Array | null): OpenedToken {
  try {
    return { ok: true, token: sealedToken && secretBox.open(sealedToken) };
  } catch (cause) {
    return { ok: false, failure: UNREADABLE_TOKEN, cause };
  }
}

/** For changes of the registry: an unreadable token counts as none, so that a new one can replace it. */
export function readableToken(secretBox: SecretBox, sealedToken: Uint8Array | null): string | null {
  const opened = openToken(secretBox, sealedToken);
  return opened.ok ? opened.token : null;
}
