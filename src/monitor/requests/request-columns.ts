import type { Selectable } from "kysely";
import type { Actor } from "../audit-log/record-event.ts";
import type { RequestColumns } from "../database/tables/request-tables.ts";

/** What every table of requests has, beside the id, as its rows come out. */
export const REQUEST_COLUMNS = [
  "posServerId",
  "requestedAt",
  "userId",
  "userLogin",
  "userName",
  "userAddress",
  "failureCode",
  "failureDetail",
  "finishedAt",
  "expiresAt",
  "waitsSince",
] as const;

/** Whom a request is about, where its POS server and the organization are joined. */
export const POS_SERVER_COLUMNS = [
  "posServer.name as posServerName",
  "posServer.connection",
  "organization.id as organizationId",
  "organization.name as organizationName",
  "organization.crmId",
] as const;

type ActorColumns = Pick<Selectable<RequestColumns>, "userId" | "userLogin" | "userName" | "userAddress">;

/** Who asked, as a row of a request keeps it. */
export function actorColumns({ userId, login, name, address }: Actor): ActorColumns {
  return { userId, userLogin: login, userName: name, userAddress: address };
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
