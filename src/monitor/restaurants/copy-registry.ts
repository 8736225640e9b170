import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import type { Ids } from "./queue-changes.ts";

const COPIES = [
  ...(["organization_id", "standing", "organization_sort", "name_sort", "search_text"] as const),
  ...(["tag_ids", "tag_search"] as const),
];

/**
 * Copies what the registry says of POS servers, with their tags, into their statuses, where lists filter and sort by it. Call it in the
 * transaction that adds or changes POS servers, organizations or tags. Whoever comes to an organization is to be looked at by its hours.
 */
export async function copyRegistry(trx: Db, posServers: Ids): Promise<void> {
  const registered = selectCopies(trx, posServers).as("registered");
  await trx
    .updateTable("pos_status")
    .from(registered)
    .set(({ ref }) => ({
      ...Object.fromEntries(COPIES.map((column) => [column, ref(`registered.${column}`)])),
      closing_changes_at: sql<number | null>`case
        when pos_status.organization_id <> registered.organization_id and exists (select 1 from opening_hours) then 0
        else closing_changes_at end`,
    }))
    .whereRef("pos_status.pos_server_id", "=", "registered.id")
    .execute();
}

function selectCopies(trx: Db, posServers: Ids) {
  const tagged = <Value>(value: Value) =>
    sql<
      string | null
    >`(select ${value} from pos_server_tag join tag on tag.id = tag_id where pos_server_id = pos_server.id)`;
  return trx
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "organization_id", "organization.name_sort as organization_sort"])
    .select(["pos_server.name_sort", "search_text"])
    .select([
      sql<"active" | "parked" | "archived">`case
        when archived_at is not null then 'archived' when parked = 1 then 'parked' else 'active' end`.as(
        "standing",
      ),
      tagged(sql`' ' || string_agg(tag.id, ' ') || ' '`).as("tag_ids"),
      tagged(sql`string_agg(name_search, ${"\n"})`).as("tag_search"),
    ])
    .where("pos_server.id", "in", posServers);
}
