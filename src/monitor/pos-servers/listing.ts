import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { StorageProblemKind } from "../database/storage-watch.ts";
import { searchText } from "../database/text.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { readRestoredAt } from "../fleet/restored-copy.ts";
import {
  countStates,
  describeCommonFailure,
  type OwnCommonFailure,
  type StateCounts,
} from "../fleet/summary.ts";
import { FAILURE_CODES, type FailureCode } from "../pos-client/failure.ts";
import { listActivities } from "../repairs/list-activities.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ListQuery } from "./candidates.ts";
import { countPosServers } from "./count-pos-servers.ts";
import type { PosServerFilter } from "./filter.ts";
import { listPosServers, PAGE_ROWS } from "./list-pos-servers.ts";
import { createRowModel, type PosServerRow } from "./row-model.ts";

/** Everything on the page that refreshes itself. */
export interface Listing {
  rows: PosServerRow[];
  /** Found on all pages together. */
  total: number;
  page: number;
  pages: number;
  /** Meet the conditions but were not updated within the period; 0 where that does not apply. */
  outside: number;
  counts: StateCounts;
  fleetSize: number;
  commonFailure: OwnCommonFailure | null;
  /** Since when polls are not made or not saved, ms UTC; null while all is well. */
  stalledSince: number | null;
  /** Why nothing is saved or read as it should, and since when (ms UTC). */
  storageProblem: { kind: StorageProblemKind; code: string; since: number } | null;
  /** When the database was restored from a backup, unless an administrator confirmed that the old monitor is gone; ms UTC. */
  restoredAt: number | null;
}

/** Finds what the page shows for a filter to a viewer at `now` (ms UTC). */
export async function findListing(
  db: Kysely<Database>,
  fleet: Fleet,
  viewer: Viewer,
  filter: PosServerFilter,
  now: number,
): Promise<Omit<Listing, "stalledSince" | "storageProblem">> {
  const access = viewer.organizations;
  const query: ListQuery = { access, filter, failureCodes: failuresNamed(filter.search, viewer), now };
  const found = await countPosServers(db, query);
  const total = found.found;
  const pages = Math.max(Math.ceil(total / PAGE_ROWS), 1);
  const page = Math.min(filter.page, pages);
  const posServers = await listPosServers(db, { ...query, filter: { ...filter, page } }, found);
  const { requiredVersion } = await fleet.stateRules();
  const counts = await countStates(db, access);
  const [widest] = await fleet.commonFailures();
  const activities = await listActivities(db);
  const rowModel = createRowModel(viewer, requiredVersion, now);

  return {
    rows: posServers.map((posServer) => rowModel(posServer, activities.get(posServer.id))),
    total,
    page,
    pages,
    outside: found.outside,
    counts,
    restoredAt: await readRestoredAt(db),
    fleetSize: Object.values(counts).reduce((sum, count) => sum + count, 0),
    commonFailure: widest ? await describeCommonFailure(db, access, widest) : null,
  };
}

/** A person searches for the words on the page, which the database does not hold: it holds codes. */
export function failuresNamed(search: string, { t }: Viewer): FailureCode[] {
  const wanted = searchText(search);
  if (wanted === "") return [];
  return FAILURE_CODES.filter((code) => searchText(t(`failure.${code}`)).includes(wanted));
}
