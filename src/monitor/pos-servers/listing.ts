import { listActiveAdministrators } from "../access/users.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import type { ListQuery } from "../filter/candidates.ts";
import { countPosServers, countSegments } from "../filter/count-pos-servers.ts";
import type { PosServerFilter } from "../filter/filter.ts";
import { listPosServers, listSilentLongest, PAGE_ROWS } from "../filter/list-pos-servers.ts";
import { findSearchedFor } from "../filter/searched-for.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { countStates, summarizeFleet } from "../fleet/summary.ts";
import { readRestoredAt } from "../installation/restored-copy.ts";
import { listActivities } from "../repairs/list-repairs.ts";
import { readAcknowledgements, readAcknowledgementsOfMany } from "../restaurants/acknowledgements.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { countCommonCauses, findCommonCauses, groupsCauses, listOfCause } from "./common-causes.ts";
import type { PosServerExportQuery } from "./export.ts";
import type { Health } from "./health.ts";
import { readHours } from "./hours.ts";
import { createListedRowModel } from "./listed-row-model.ts";

const NAMED_SILENT = 2;

/** Everything on the page that refreshes itself. */
export interface Listing extends Awaited<ReturnType<typeof findListing>> {
  /** Agents that wait to be let in, for administrators. */
  awaitedAgents: number;
  health: Health;
}

/** Finds what the page shows to a viewer for a filter at `now` (ms UTC). */
export async function findListing(
  db: Db,
  fleet: Fleet,
  viewer: Viewer,
  filter: PosServerFilter,
  now: number,
) {
  const known = {
    requiredVersion: (await fleet.stateRules()).requiredVersion,
    commonFailures: await fleet.commonFailures(),
  };
  // In one transaction: otherwise each query waits for a batch of polls while many are saved.
  return await inTransaction(db, (trx) => findAtOnce(trx, viewer, filter, known, now));
}

async function findAtOnce(
  db: Db,
  viewer: Viewer,
  filter: PosServerFilter,
  { requiredVersion, commonFailures }: Pick<PosServerExportQuery, "requiredVersion" | "commonFailures">,
  now: number,
) {
  const access = viewer.organizations;
  const everyOne: ListQuery = {
    access,
    filter,
    now,
    ...(await findSearchedFor(db, viewer, filter)),
    groupedCauses: [],
  };
  const causes = groupsCauses(filter) ? await findCommonCauses(db, everyOne, commonFailures) : [];
  const query: ListQuery = { ...everyOne, groupedCauses: causes.map(({ causeKey }) => causeKey) };
  const commonCauses =
    groupsCauses(filter) && isOfEverything(filter)
      ? causes
      : await countCommonCauses(db, access, commonFailures);
  const counts = await countStates(db, access);
  const segments = await countSegments(db, query, counts);
  const found = await countPosServers(db, query);
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
      /** Its first POS servers, when it is open. */
      rows: cause === openCause ? ofOpenCause.map(rowModel) : [],
      acknowledgement: causeAcknowledgements.get(cause.incidentId) ?? null,
    })),
    /** POS servers that only the period leaves out. */
    silent: {
      count: found.outside,
      longest: found.outside > 0 ? await listSilentLongest(db, query, NAMED_SILENT) : [],
    },
    /** Like `widestCause` and `fleetSize`, of everything that the viewer may see. */
    summary: await summarizeFleet(db, access, counts, now),
    widestCause: commonCauses[0] ?? null,
    /** Within organization, tag and search. */
    segments,
    restoredAt: await readRestoredAt(db),
    fleetSize,
    /** Names of administrators, while there is no fleet. */
    whomToAsk: mustAsk ? (await listActiveAdministrators(db)).map(({ name }) => name) : null,
  };
}

function isOfEverything({ organizationId, search, tagId, logSearchId }: PosServerFilter): boolean {
  return organizationId === null && search === "" && tagId === null && logSearchId === null;
}

async function listFirstOfCause(db: Db, query: ListQuery, causeKey: string) {
  const ofCause = { ...query, filter: listOfCause(query.filter, causeKey) };
  return await listPosServers(db, ofCause, await countPosServers(db, ofCause));
}
