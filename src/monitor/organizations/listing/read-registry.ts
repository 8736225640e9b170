import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { readTags } from "../../restaurants/tags.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";
import { joinedHours } from "../import/registered.ts";

/** What a POS server can lack. */
export const LACKS = ["phone", "hours", "tags", "agent"] as const;
type Lack = (typeof LACKS)[number];

/** null = of all organizations, and whatever they have. */
export interface RegistryFilter {
  organizationId: number | null;
  lack: Lack | null;
}

/** `agent`: its version is older than the newest one in use. */
const LACKING: Record<Lack, RawBuilder<SqlBool>> = {
  phone: sql`restaurant_note.phone is null`,
  hours: sql`own.hours is null and shared.hours is null`,
  tags: sql`pos_status.tag_ids is null`,
  agent: sql`agent_version_sort < (select max(agent_version_sort) from pos_status where standing <> 'archived')`,
};

export type RegistryRow = Awaited<ReturnType<typeof readRegistry>>[number];

/** The POS servers that this viewer may see, parked ones too. */
export function selectRegistry(db: Db, access: OrganizationAccess, { organizationId, lack }: RegistryFilter) {
  return db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .leftJoin("restaurantNote", "restaurantNote.posServerId", "posServer.id")
    .leftJoin("openingHours as own", "own.posServerId", "posServer.id")
    .leftJoin("openingHours as shared", "shared.organizationId", "organization.id")
    .where(isShownTo(access))
    .$if(organizationId !== null, (query) => query.where("organization.id", "=", organizationId ?? 0))
    .$if(lack !== null, (query) => query.where(LACKING[lack ?? "phone"]));
}

/** By organization and name; `own` and `shared`: opening hours of their own, and of the organization. */
export async function readRegistry(
  db: Db,
  access: OrganizationAccess,
  filter: RegistryFilter,
  { offset, limit }: { offset: number; limit: number },
) {
  const rows = await selectRegistry(db, access, filter)
    .select(["posServer.id", "posServer.name", "posServer.createdAt", "posServer.organizationId"])
    .select(["organization.name as organizationName", "crmId", "connection", "address", "computer", "parked"])
    .select(["phone", "agentVersion", "own.timeZone as ownZone", "own.hours as ownHours"])
    .select(["own.works as ownWorks", "shared.timeZone as sharedZone", "shared.hours as sharedHours"])
    .select("shared.works as sharedWorks")
    .orderBy("organization.nameSort")
    .orderBy("organization.id")
    .orderBy("posServer.nameSort")
    .orderBy("posServer.id")
    .offset(offset)
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  const tags = await readTags(db, ids);
  return rows.map(({ ownZone, ownHours, ownWorks, sharedZone, sharedHours, sharedWorks, ...row }) => ({
    ...row,
    tags: tags.get(row.id)?.map(({ name }) => name) ?? [],
    own: joinedHours({ timeZone: ownZone, hours: ownHours, works: ownWorks }),
    shared: joinedHours({ timeZone: sharedZone, hours: sharedHours, works: sharedWorks }),
  }));
}
