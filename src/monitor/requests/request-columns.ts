import type { Selectable } from "kysely";
import type { Actor } from "../audit-log/record-event.ts";
import type { RequestColumns } from "../database/tables/request-tables.ts";

/** What every table of requests has, beside the id, as its rows come out. */
export const REQUEST_COLUMNS = [
  "pos_server_id as posServerId",
  "requested_at as requestedAt",
  "user_id as userId",
  "user_login as userLogin",
  "user_name as userName",
  "user_address as userAddress",
  "failure_code as failureCode",
  "failure_detail as failureDetail",
  "finished_at as finishedAt",
  "expires_at as expiresAt",
  "waits_since as waitsSince",
] as const;

/** Whom a request is about, where its POS server and the organization are joined. */
export const POS_SERVER_COLUMNS = [
  "pos_server.name as posServerName",
  "pos_server.connection",
  "organization.id as organizationId",
  "organization.name as organizationName",
  "organization.crm_id as crmId",
] as const;

type ActorColumns = Pick<Selectable<RequestColumns>, "user_id" | "user_login" | "user_name" | "user_address">;

/** Who asked, as a row of a request keeps it. */
export function actorColumns({ userId, login, name, address }: Actor): ActorColumns {
  return { user_id: userId, user_login: login, user_name: name, user_address: address };
}

/** Who asked, as a row of a request comes out. */
export interface Requester {
  userId: number | null;
  userLogin: string;
  userName: string | null;
  userAddress: string;
}

/** Whom a request is about, as an event says it. */
export function subjectOf(request: { posServerName: string; organizationId: number; posServerId: number }) {
  const { posServerName: subject, organizationId, posServerId } = request;
  return { subject, organizationId, posServerId };
}

/** Who asked, for what is recorded in their name later. */
export function actorOf({ userId, userLogin, userName, userAddress }: Requester): Actor {
  return { userId, login: userLogin, name: userName, address: userAddress };
}
