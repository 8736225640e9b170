import type { Selectable } from "kysely";
import type { Db } from "../../database/schema.ts";
import type { OpeningHoursTable } from "../../database/tables/registry-tables.ts";
import { NO_WORKS, type PlannedWorks, type Schedule, type WeeklySpan } from "./schedule.ts";

/** Of an organization, or of one POS server, where null = as the organization has it. */
export interface OpeningHours {
  timeZone: string | null;
  hours: readonly WeeklySpan[] | null;
  works: PlannedWorks;
}

export const NO_OPENING_HOURS: OpeningHours = { timeZone: null, hours: null, works: NO_WORKS };

export type HoursOwner = { organizationId: number } | { posServerId: number };

/** Its own, and those of its organization. */
export interface HoursOfPosServer {
  own: OpeningHours;
  ofOrganization: OpeningHours;
}

export type StoredHours = Pick<Selectable<OpeningHoursTable>, "timeZone" | "hours" | "works">;

export function readStored(row: StoredHours | undefined): OpeningHours {
  if (!row) return NO_OPENING_HOURS;
  return {
    timeZone: row.timeZone,
    hours: row.hours === null ? null : JSON.parse(row.hours),
    works: JSON.parse(row.works),
  };
}

/** null = it never closes. */
export function scheduleOf({ own, ofOrganization }: HoursOfPosServer): Schedule | null {
  const timeZone = own.timeZone ?? ofOrganization.timeZone;
  const hours = own.hours ?? ofOrganization.hours;
  const works = {
    weekly: [...own.works.weekly, ...ofOrganization.works.weekly],
    once: [...own.works.once, ...ofOrganization.works.once],
  };
  if (timeZone === null || (hours === null && works.weekly.length + works.once.length === 0)) return null;
  return { timeZone, hours, works };
}

export async function findOpeningHours(db: Db, owner: HoursOwner): Promise<OpeningHours> {
  const { organizationId, posServerId } = ownerColumns(owner);
  const row = await db
    .selectFrom("openingHours")
    .select(["timeZone", "hours", "works"])
    .where("organizationId", "is", organizationId)
    .where("posServerId", "is", posServerId)
    .executeTakeFirst();
  return readStored(row);
}

export function ownerColumns(owner: HoursOwner) {
  return {
    organizationId: "organizationId" in owner ? owner.organizationId : null,
    posServerId: "posServerId" in owner ? owner.posServerId : null,
  };
}

export async function findHoursOfPosServer(
  db: Db,
  { id, organizationId }: { id: number; organizationId: number },
): Promise<HoursOfPosServer> {
  return {
    own: await findOpeningHours(db, { posServerId: id }),
    ofOrganization: await findOpeningHours(db, { organizationId }),
  };
}
