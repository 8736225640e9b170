import type { Db } from "../../database/schema.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { countStates, type FleetSummary, type StateCounts, summarizeFleet } from "../../fleet/summary.ts";
import { type ListQuery, matchesFilter } from "../../pos-servers/candidates.ts";
import { type CommonCause, findCommonCauses } from "../../pos-servers/common-causes.ts";
import { withNothingBut } from "../../pos-servers/filter.ts";
import type { Health } from "../../pos-servers/health.ts";
import { type ListedPosServer, readInOrder } from "../../pos-servers/list-pos-servers.ts";
import { type Acknowledgement, readAcknowledgements } from "../../restaurants/acknowledgements.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import type { DayOfQuarters, ReadQuarters } from "./quarters.ts";
import { listRecoveries, type Recovery } from "./recoveries.ts";

export const TILES = 8;

/** Everything that the wall shows. */
export interface Wall {
  organizations: "all" | string[];
  summary: FleetSummary;
  counts: StateCounts;
  /** Of each at most as many as there are tiles, the longest first. */
  causes: CommonCause[];
  troubles: ListedPosServer[];
  /** Who takes care of those, by POS server. */
  acknowledgements: Map<number, Acknowledgement>;
  recoveries: Recovery[];
  quarters: DayOfQuarters;
  health: Health;
}

/** Finds what the wall shows of some organizations at `now` (ms UTC). */
export async function findWall(
  db: Db,
  fleet: Fleet,
  readQuarters: ReadQuarters,
  access: OrganizationAccess,
  now: number,
): Promise<Omit<Wall, "health">> {
  const query: ListQuery = {
    access,
    filter: withNothingBut({}),
    groupedCauses: [],
    now,
    failureCodes: [],
    organizationIds: [],
  };
  const counts = await countStates(db, access);
  const summary = await summarizeFleet(db, access, counts, now);
  const causes = await findCommonCauses(db, query, await fleet.commonFailures());
  const groupedCauses = causes.map(({ causeKey }) => causeKey);
  const grouped = causes.reduce((sum, { posServers }) => sum + posServers, 0);
  const isAllGrouped = grouped >= summary.problems;
  const troubles = isAllGrouped ? [] : await listLongest(db, { ...query, groupedCauses });
  const free = TILES - causes.length - troubles.length;
  return {
    summary,
    counts,
    causes,
    troubles,
    acknowledgements: await readAcknowledgements(
      db,
      troubles.map(({ id }) => id),
      now,
    ),
    organizations: access === "all" ? "all" : await listNames(db, access),
    recoveries: await listRecoveries(db, access, free, now),
    quarters: await readQuarters(access, now),
  };
}

/** Those that have not exchanged for longest, common causes aside. */
async function listLongest(db: Db, query: ListQuery): Promise<ListedPosServer[]> {
  const longest = await db
    .selectFrom("posStatus")
    .select("posServerId as id")
    .where("problemSince", "is not", null)
    .where(isVisibleTo(query.access, "organizationId"))
    .where(matchesFilter(query))
    .orderBy("problemSince")
    .orderBy("posServerId")
    .limit(TILES)
    .execute();
  return await readInOrder(
    db,
    query.access,
    longest.map(({ id }) => id),
  );
}

async function listNames(db: Db, access: OrganizationAccess): Promise<string[]> {
  const organizations = await db
    .selectFrom("organization")
    .select("name")
    .where(isShownTo(access))
    .orderBy("nameSort")
    .orderBy("id")
    .execute();
  return organizations.map(({ name }) => name);
}
