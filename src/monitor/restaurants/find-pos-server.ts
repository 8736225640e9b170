import type { Selectable } from "kysely";
import { unpackRows } from "../database/packed-rows.ts";
import type { Db } from "../database/schema.ts";
import type { StateChangeTable } from "../database/tables/status-tables.ts";
import { readId } from "../forms/id.ts";
import { found } from "../plugins/found.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";
import { reportedOrganizationName } from "./reported-organization.ts";

export type ShownPosServer = NonNullable<Awaited<ReturnType<typeof findPosServer>>>;
export type StateChange = Pick<Selectable<StateChangeTable>, "id" | "at" | "state" | "causeKey" | "detail">;

/** With its last report; null when it is not there, or may not be seen. */
export async function findPosServer(db: Db, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select([
      "posServer.id",
      "posServer.name",
      "posServer.connection",
      "posServer.address",
      "posServer.computer",
      "posServer.parked",
      "posServer.fingerprint",
      "posServer.pollIntervalMs",
      "organization.name as organizationName",
      "organization.crmId",
    ])
    .selectAll("posStatus")
    .select((eb) => reportedOrganizationName(access)(eb).as("reportedOrganizationName"))
    .where("posServer.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

/** The POS server of the address, by `findPosServer`. @throws NotFoundError */
export async function findAskedPosServer(
  db: Db,
  { params, viewer }: { params: { id: string }; viewer: { organizations: OrganizationAccess } },
): Promise<ShownPosServer> {
  return found(await findPosServer(db, viewer.organizations, readId(params.id) ?? 0));
}

/** Newest first, also those that are packed. @param before leaves out all down to this one (`at` in ms UTC, `id`). */
export async function listStateChanges(
  db: Db,
  posServerId: number,
  limit: number,
  before: readonly [at: number, id: number] = [Number.MAX_SAFE_INTEGER, 0],
) {
  const [beforeAt, beforeId] = before;
  const changes = await db
    .selectFrom("stateChange")
    .select(["id", "at", "state", "causeKey", "detail"])
    .where("posServerId", "=", posServerId)
    .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "id"), "<", tuple(beforeAt, beforeId)))
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  if (changes.length === limit) return changes;
  for await (const change of listPackedChanges(db, posServerId)) {
    if (changes.length === limit) break;
    const { at, id } = change;
    if (at < beforeAt || (at === beforeAt && id < beforeId)) changes.push(change);
  }
  return changes;
}

/** Those that are packed, newest first. */
export async function* listPackedChanges(db: Db, posServerId: number): AsyncGenerator<StateChange> {
  const packs = await db
    .selectFrom("packedStateChange")
    .select("rows")
    .where("posServerId", "=", posServerId)
    .orderBy("lastAt", "desc")
    .execute();
  for (const { rows } of packs) yield* unpackRows<{ stateChange: StateChange[] }>(rows).stateChange;
}
