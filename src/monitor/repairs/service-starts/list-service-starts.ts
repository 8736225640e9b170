import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { PosServerAction } from "../../requests/recent-actions.ts";
import type { Viewer } from "../../viewer/viewer.ts";

export type ListedStart = Awaited<ReturnType<typeof listServiceStarts>>[number];

/** The last starts of the service of a POS server, newest first. */
export async function listServiceStarts(db: Kysely<Database>, posServerId: number, limit: number) {
  return await db
    .selectFrom("service_start")
    .select(["id", "requested_at", "user_login", "user_name", "status"])
    .where("pos_server_id", "=", posServerId)
    .orderBy("requested_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** A start as the page of its POS server lists it. */
export function startAsAction(start: ListedStart, { t, format }: Viewer, now: number): PosServerAction {
  return {
    at: start.requested_at,
    time: format.time(start.requested_at, now),
    text: t("serviceStart.inList", { name: start.user_name ?? start.user_login }),
    url: `/service-starts/${start.id}`,
    result: t(`serviceStart.status.${start.status}`),
  };
}
