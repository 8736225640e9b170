import type { Db } from "../../database/schema.ts";
import { type ListQuery, matchesFilter } from "../../filter/candidates.ts";
import { withNothingBut } from "../../filter/filter.ts";
import { readInOrder } from "../../filter/list-pos-servers.ts";
import { SEARCHED_FOR_NOTHING } from "../../filter/searched-for.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { countStates, summarizeFleet } from "../../fleet/summary.ts";
import { findCommonCauses } from "../../pos-servers/common-causes.ts";
import type { Health } from "../../pos-servers/health.ts";
import { createListedRowModel } from "../../pos-servers/listed-row-model.ts";
import { readAcknowledgements } from "../../restaurants/acknowledgements.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { ReadQuarters } from "./quarters.ts";
import { listRecoveries } from "./recoveries.ts";

export const TILES = 8;

export type Wall = Awaited<ReturnType<typeof findWall>> & { health: Health };

export async function findWall(
  db: Db,
  fleet: Fleet,
  readQuarters: ReadQuarters,
  viewer: Viewer,
  now: number,
) {
  const access = viewer.organizations;
  const filter = withNothingBut({});
  const query: ListQuery = {
    access,
    filter,
    groupedCauses: [],
    now,
    ...SEARCHED_FOR_NOTHING,
  };
  const counts = await countStates(db, access);
  const summary = await summarizeFleet(db, access, counts, now);
  const causes = await findCommonCauses(db, query, await fleet.commonFailures());
  const groupedCauses = causes.map(({ causeKey }) => causeKey);
  const common = new Set(groupedCauses);
  const grouped = causes.reduce((sum, { posServers }) => sum + posServers, 0);
  const isAllGrouped = grouped >= summary.problems;
  const troubles = isAllGrouped ? [] : await listLongest(db, { ...query, groupedCauses });
  const ids = troubles.map(({ id }) => id);
  const free = TILES - causes.length - troubles.length;
  const rowModel = createListedRowModel({
    viewer,
    filter,
    requiredVersion: null,
    now,
    activities: new Map(),
    hours: new Map(),
    acknowledgements: await readAcknowledgements(db, ids, now),
    commonCauses: common,
    groupedCauses: common,
  });
  return {
    summary,
    counts,
    causes,
    troubles: troubles.map((posServer) => ({ since: posServer.stateSince, row: rowModel(posServer) })),
    organizations: access === "all" ? ("all" as const) : await listNames(db, access),
    recoveries: await listRecoveries(db, access, free, now),
    quarters: await readQuarters(access, now),
  };
}

/** Longest without exchange first; common causes have tiles of their own. */
async function listLongest(db: Db, query: ListQuery) {
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
  const ids = longest.map(({ id }) => id);
  return await readInOrder(db, query.access, ids);
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
