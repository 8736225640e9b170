import type { Db } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import { isShownTo } from "../../viewer/access.ts";
import type { Scope } from "./rule.ts";

/** Counts the POS servers of a scope that an incident concerns by their organizations, those with the most that fail first. */
export async function countConcerned(db: Db, { organizations, tags }: Scope, incidentId: number) {
  const counted =
    tags.length === 0 ? db.selectFrom("incident_organization").selectAll() : countTagged(db, tags);
  return await db
    .selectFrom(counted.as("counted"))
    .innerJoin("organization", "organization.id", "counted.organization_id")
    .select(["organization.id as organizationId", "organization.name", "organization.crm_id as crmId"])
    .select(["counted.failing", "counted.paused", "counted.members"])
    .where("incident_id", "=", incidentId)
    .where(isShownTo(organizations))
    .orderBy("counted.failing", "desc")
    .orderBy("counted.members", "desc")
    .orderBy("organization.name_sort")
    .execute();
}

function countTagged(db: Db, tags: readonly string[]) {
  return db
    .selectFrom("incident_member")
    .select(({ fn, eb }) => [
      ...(["incident_id", "organization_id"] as const),
      fn.sum<number>(eb("status", "in", ["failing", "suspended"])).as("failing"),
      fn.sum<number>(eb("status", "=", "paused")).as("paused"),
      fn.countAll<number>().as("members"),
    ])
    .where("pos_server_id", "in", selectTagged(db, tags))
    .groupBy(["incident_id", "organization_id"]);
}

export function selectTagged(db: Db, tags: readonly string[]) {
  const names = tags.map((name) => searchText(name));
  return db
    .selectFrom("pos_server_tag")
    .innerJoin("tag", "tag.id", "pos_server_tag.tag_id")
    .select("pos_server_tag.pos_server_id")
    .where("tag.name_search", "in", names);
}
