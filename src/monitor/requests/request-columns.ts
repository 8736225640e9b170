import type { Selectable } from "kysely";
import type { Actor } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { RequestColumns } from "../database/tables/request-tables.ts";

/** What somebody did to a POS server, and how it ended, for its page: «Сброс БД: Анна Иванова». */
export interface PosServerAction {
  /** ms UTC. */
  at: number;
  /** Its time, or its period. */
  title: string;
  text: string;
  /** It opens in the dialog too. */
  url: string;
  result: string;
  /** It proved that the exchange works again. */
  isRestored?: boolean;
}

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

/** The runner's share for a row: its user, who also stands for their API tokens. */
export function shareOf({ userId, userLogin }: Pick<ActorColumns, "userId" | "userLogin">): string {
  return String(userId ?? userLogin);
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

/** For the end of what a batch asked for, which belongs to the batch's entry of the audit log. */
export async function withBatchOf(
  db: Db,
  actor: Actor,
  kind: "logs" | "start",
  requestId: number,
): Promise<Actor> {
  const item = await db
    .selectFrom("batchItem")
    .innerJoin("batch", "batch.id", "batchItem.batchId")
    .select("batchId")
    .where("requestId", "=", requestId)
    .where("kind", "=", kind)
    .executeTakeFirst();
  return item ? { ...actor, batchId: item.batchId } : actor;
}
