import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import type { Ids } from "./queue-changes.ts";

const COPIES = [
  "organizationId",
  "standing",
  "organizationSort",
  "nameSort",
  "searchText",
  "tagIds",
  "tagSearch",
] as const;

/**
 * Copies registry data and tags of POS servers into their statuses, where lists filter and sort by them. Call it in the
 * transaction that changes POS servers, organizations or tags. A new organization may have other opening hours, which are
 * checked again.
 */
export async function copyRegistry(trx: Db, posServers: Ids): Promise<void> {
  const registered = selectCopies(trx, posServers).as("registered");
  await trx
    .updateTable("posStatus")
    .from(registered)
    .set(({ ref }) => ({
      ...Object.fromEntries(COPIES.map((column) => [column, ref(`registered.${column}`)])),
      closingChangesAt: sql<number | null>`case
        when pos_status.organization_id <> registered.organization_id and exists (select 1 from opening_hours) then 0
        else closing_changes_at end`,
    }))
    .whereRef("posStatus.posServerId", "=", "registered.id")
    .execute();
}

function selectCopies(trx: Db, posServers: Ids) {
  const tagged = <Value>(value: Value) =>
    sql<
      string | null
    >`(select ${value} from pos_server_tag join tag on tag.id = tag_id where pos_server_id = pos_server.id)`;
  return trx
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "organizationId", "organization.nameSort as organizationSort"])
    .select(["posServer.nameSort", "searchText"])
    .select([
      sql<"active" | "parked" | "archived">`case
        when archived_at is not null then 'archived' when parked = 1 then 'parked' else 'active' end`.as(
        "standing",
      ),
      tagged(sql`' ' || string_agg(tag.id, ' ') || ' '`).as("tagIds"),
      tagged(sql`string_agg(name_search, ${"\n"})`).as("tagSearch"),
    ])
    .where("posServer.id", "in", posServers);
}
