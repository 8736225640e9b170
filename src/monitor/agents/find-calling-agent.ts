import type { IncomingHttpHeaders } from "node:http";
import { bearerToken } from "../../protocol/bearer-token.ts";
import { POS_SERVER_ID_HEADER } from "../../protocol/dial-out.ts";
import { isSameSecret } from "../../protocol/is-same-secret.ts";
import type { Db } from "../database/schema.ts";
import { readableToken } from "../fleet/open-token.ts";
import type { Connection } from "../pos-client/calls/pos-server.ts";
import { type AgentIdentity, tokenHashOf } from "../pos-client/dial-out/agent-connection.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** The POS server of the registry whose agent calls. */
export interface CallingAgent extends AgentIdentity {
  id: number;
  organizationId: number;
  name: string;
  connection: Connection;
  sealedToken: Uint8Array;
  /** Whether it is written down that there are two machines with its identity. */
  hasRivals: boolean;
  /** The machine or process that somebody has decided against, as `refusalOf` says it; null = there is none. */
  refusedAgent: string | null;
}

/** Finds whose agent calls, by its id and its token. @returns null for everybody else, whichever of the two is wrong. */
export async function findCallingAgent(
  db: Db,
  secretBox: SecretBox,
  headers: IncomingHttpHeaders,
): Promise<CallingAgent | null> {
  const identity = String(headers[POS_SERVER_ID_HEADER] ?? "").toLowerCase();
  const given = bearerToken(headers) ?? "";
  const row = await db
    .selectFrom("pos_server")
    .select(["id", "organization_id as organizationId", "name", "connection", "sealed_token as sealedToken"])
    .select(["refused_agent as refusedAgent", "rival_agents as rivalAgents"])
    .where("identity", "=", identity)
    .executeTakeFirst();
  const token = readableToken(secretBox, row?.sealedToken ?? null);
  if (given === "" || !isSameSecret(given, token ?? "") || !row?.sealedToken || token === null) return null;
  const { rivalAgents, sealedToken, ...agent } = row;
  return { ...agent, hasRivals: rivalAgents !== null, sealedToken, identity, tokenHash: tokenHashOf(token) };
}
