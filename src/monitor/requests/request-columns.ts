import type { Selectable } from "kysely";
import type { Actor } from "../audit-log/record-event.ts";
import type { RequestColumns } from "../database/tables/request-tables.ts";

/** Every table of requests has them; without the id. */
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

/** Where `posServer` and its organization are joined. */
export const POS_SERVER_COLUMNS = [
  "posServer.name as posServerName",
  "posServer.connection",
  "organization.id as organizationId",
  "organization.name as organizationName",
  "organization.crmId",
] as const;

type ActorColumns = Pick<Selectable<RequestColumns>, "userId" | "userLogin" | "userName" | "userAddress">;

/** As a row of a request keeps them. */
export function actorColumns({ userId, login, name, address }: Actor): ActorColumns {
  return { userId, userLogin: login, userName: name, userAddress: address };
}

/** As an event names it. */
export function subjectOf(request: { posServerName: string; organizationId: number; posServerId: number }) {
  const { posServerName: subject, organizationId, posServerId } = request;
  return { subject, organizationId, posServerId };
}

/** For events recorded in the name of who asked. */
export function actorOf({ userId, userLogin, userName, userAddress }: ActorColumns): Actor {
  return { userId, login: userLogin, name: userName, address: userAddress };
}
