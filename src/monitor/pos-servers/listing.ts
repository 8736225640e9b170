import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import type { CommonFailure } from "../fleet/common-failures.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { countStates, type FleetSummary, type StateCounts, summarizeFleet } from "../fleet/summary.ts";
import { readRestoredAt } from "../installation/restored-copy.ts";
import { listActiveAdministrators } from "../people/credentials/users.ts";
import { listActivities } from "../repairs/list-activities.ts";
import { readAcknowledgements, readAcknowledgementsOfMany } from "../restaurants/acknowledgements.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ListQuery } from "./candidates.ts";
import type { ListedCause } from "./causes-model.ts";
import {
  type CommonCause,
  countCommonCauses,
  findCommonCauses,
  groupsCauses,
  listOfCause,
} from "./common-causes.ts";
import { countPosServers } from "./count-pos-servers.ts";
import { countWithSegments } from "./count-with-segments.ts";
import type { PosServerFilter } from "./filter.ts";
import type { Health } from "./health.ts";
import { readHours } from "./hours.ts";
import { listPosServers, listSilentLongest, PAGE_ROWS } from "./list-pos-servers.ts";
import { createListedRowModel, type ListedRow } from "./listed-row-model.ts";
import { findSearchedFor } from "./searched-for.ts";
import { NAMED_SILENT, type SilentPosServers } from "./silent-model.ts";

/** Everything on the page that refreshes itself. */
export interface Listing {
  rows: ListedRow[];
  /** Found on all pages together. */
  total: number;
  page: number;
  pages: number;
  silent: SilentPosServers;
  /** Of everything that the viewer may see. */
  summary: FleetSummary;
  /** Of all that the viewer may see the cause that most POS servers have in common. */
  widestCause: Pick<CommonCause, "hash" | "posServers"> | null;
  /** By state, within organization and search. */
  segments: StateCounts;
  fleetSize: number;
  /** The administrators by name, for others than them while there is no fleet. */
  whomToAsk: string[] | null;
  /** Common causes, above the rows. */
  causes: ListedCause[];
  /** Agents that wait to be let in, for those who decide of them. */
  awaitedAgents: number;
  health: Health;
  /** When the database was restored from a backup, unless an administrator confirmed that the old monitor is gone; ms UTC. */
  restoredAt: number | null;
}

type FoundListing = Omit<Listing, "health" | "awaitedAgents">;

/** Finds what the page shows for a filter to a viewer at `now` (ms UTC). */
export async function findListing(
  db: Db,
  fleet: Fleet,
  viewer: Viewer,
  filter: PosServerFilter,
  now: number,
): Promise<FoundListing> {
  const { requiredVersion } = await fleet.stateRules();
  const commonFailures = await fleet.commonFailures();
  // All at once: otherwise each of its queries waits for a batch of polls while many are saved.
  return await inTransaction(db, (trx) =>
    findAtOnce(trx, { viewer, filter, now, requiredVersion, commonFailures }),
  );
}

interface WantedListing {
  viewer: Viewer;
  filter: PosServerFilter;
  now: number;
  requiredVersion: string | null;
  commonFailures: readonly CommonFailure[];
}

async function findAtOnce(
  db: Db,
  { viewer, filter, now, requiredVersion, commonFailures }: WantedListing,
): Promise<FoundListing> {
  const access = viewer.organizations;
  const everyOne: ListQuery = {
    access,
    filter,
    now,
    ...(await findSearchedFor(db, viewer, filter.search)),
    groupedCauses: [],
  };
  const causes = groupsCauses(filter) ? await findCommonCauses(db, everyOne, commonFailures) : [];
  const query: ListQuery = { ...everyOne, groupedCauses: causes.map(({ causeKey }) => causeKey) };
  const commonCauses =
    groupsCauses(filter) && isOfEverything(filter)
      ? causes
      : await countCommonCauses(db, access, commonFailures);
  const counts = await countStates(db, access);
  const grouped = causes.reduce((sum, { posServers }) => sum + posServers, 0);
  const { segments, ...found } = await countWithSegments(db, query, counts, grouped);
  const total = found.found;
  const pages = Math.max(Math.ceil(total / PAGE_ROWS), 1);
  const page = Math.min(filter.page, pages);
  const posServers = await listPosServers(db, { ...query, filter: { ...filter, page } }, found);
  const openCause = causes.find(({ hash }) => hash === filter.openCause);
  const ofOpenCause = openCause ? await listFirstOfCause(db, everyOne, openCause.causeKey) : [];
  const fleetSize = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const mustAsk = fleetSize === 0 && !viewer.user?.isAdministrator;
  const ids = [...posServers, ...ofOpenCause].map(({ id }) => id);
  const incidentIds = causes.map(({ incidentId }) => incidentId);
  const causeAcknowledgements = await readAcknowledgementsOfMany(db, access, incidentIds, now);
  const rowModel = createListedRowModel({
    viewer,
    filter,
    requiredVersion,
    now,
    activities: await listActivities(db),
    hours: await readHours(db, ids, now),
    acknowledgements: await readAcknowledgements(db, ids, now),
    commonCauses: new Set(commonCauses.map(({ causeKey }) => causeKey)),
    groupedCauses: new Set(query.groupedCauses),
  });

  return {
    total,
    page,
    pages,
    rows: posServers.map(rowModel),
    causes: causes.map((cause) => ({
      ...cause,
      rows: cause === openCause ? ofOpenCause.map(rowModel) : [],
      acknowledgement: causeAcknowledgements.get(cause.incidentId) ?? null,
    })),
    silent: {
      count: found.outside,
      longest: found.outside > 0 ? await listSilentLongest(db, query, found, NAMED_SILENT) : [],
    },
    summary: await summarizeFleet(db, access, counts, now),
    widestCause: commonCauses[0] ?? null,
    segments,
    restoredAt: await readRestoredAt(db),
    fleetSize,
    whomToAsk: mustAsk ? (await listActiveAdministrators(db)).map(({ name }) => name) : null,
  };
}

/** Whether a list is narrowed by none of what counts are narrowed by too. */
function isOfEverything({ organizationId, search, tagId }: PosServerFilter): boolean {
  return organizationId === null && search === "" && tagId === null;
}

/** The first POS servers of a cause. */
async function listFirstOfCause(db: Db, query: ListQuery, causeKey: string) {
  const ofCause = { ...query, filter: listOfCause(query.filter, causeKey) };
  return await listPosServers(db, ofCause, await countPosServers(db, ofCause));
}
