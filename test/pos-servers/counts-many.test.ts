import { join } from "node:path";
import t from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { parseFilter, periodStart } from "../../src/monitor/filter/filter.ts";
import { createFleet } from "../../src/monitor/fleet/fleet.ts";
import { EXCHANGING_STATES } from "../../src/monitor/fleet/state.ts";
import { findListing } from "../../src/monitor/pos-servers/listing.ts";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import type { OrganizationAccess } from "../../src/monitor/viewer/access.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { fillDatabase } from "../bench/fill-database.ts";
import { chainOrganizations, mixedPosServers } from "../bench/mixed-chain.ts";
import { START } from "../helpers/clock.ts";
import { makeFolder } from "../helpers/folder.ts";

/** Enough for every way of counting: what is rare, what is common, and common causes of hundreds. */
const POS_SERVERS = 8_000;
const ORGANIZATIONS = 4;
const ARCHIVED = 3;

/** As it opens, and by every filter. */
const QUERIES = `
  page=2 hideSynced=1 period=40&unit=hours period=1&unit=minutes period=40&unit=hours&hideSynced=1
  period=30&unit=minutes period=30&unit=minutes&hideSynced=1 period=3650&unit=days scope=outside
  scope=outside&hideSynced=1 scope=parked state=synced state=synced&period=30&unit=minutes state=pending
  state=unreachable&period=1&unit=days organization=1 organization=1&hideSynced=1 q=Ленина
  q=Ленина&hideSynced=1 q=pos-777.chain q=POS q=POS&hideSynced=1`.split(/\s+/);

t.test("what is found, left out and in each state is counted right, however it is counted", async (t) => {
  const dataDir = makeFolder(t);
  const chain = mixedPosServers(POS_SERVERS, ORGANIZATIONS, START);
  await fillDatabase(dataDir, chainOrganizations(ORGANIZATIONS), chain, START);
  const database = openDatabase(join(dataDir, DATABASE_FILE));
  const { db } = database;
  t.teardown(() => db.destroy());
  await setArchived(db, ARCHIVED, START);
  // So that there is much of everything: exchanging but not asked for an hour, and not exchanging.
  const synced = db.updateTable("posStatus").where("state", "=", "synced");
  await synced
    .set({ lastUpdateAt: START - HOUR_MS })
    .where("posServerId", "<", 4_000)
    .execute();
  await synced.set({ state: "sync_stale" }).where("posServerId", ">", 5_000).execute();
  const fleet = createFleet(database, () => START);
  const common = new Set((await fleet.commonFailures()).map(({ causeKey }) => causeKey));
  t.ok(common.size >= 2);
  const rows = await db
    .selectFrom("posStatus")
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .select(["posServer.organizationId", "posServer.parked", "posServer.searchText"])
    .select(["posStatus.state", "posStatus.lastUpdateAt", "posStatus.causeKey"])
    .where("posServer.organizationId", "!=", ARCHIVED)
    .execute();

  /** By its rules, of one row after the other. */
  function count(query: string, access: OrganizationAccess) {
    const { filter } = parseFilter(Object.fromEntries(new URLSearchParams(query)));
    const segmented = rows.filter(
      (row) =>
        (access === "all" || access.includes(row.organizationId)) &&
        (filter.organizationId === null || row.organizationId === filter.organizationId) &&
        row.searchText.includes(filter.search.toLowerCase()),
    );
    const segments: Record<string, number> = {};
    for (const { parked, state } of segmented) {
      const segment = parked ? "parked" : state;
      segments[segment] = (segments[segment] ?? 0) + 1;
    }
    const grouped = new Map<string, number>();
    if (filter.state === null && filter.scope === "listed") {
      for (const { causeKey, parked } of segmented) {
        if (causeKey !== null && common.has(causeKey) && !parked) {
          grouped.set(causeKey, (grouped.get(causeKey) ?? 0) + 1);
        }
      }
    }
    const candidates = segmented.filter(
      (row) =>
        Boolean(row.parked) === (filter.scope === "parked") &&
        (filter.state ? row.state === filter.state : row.state !== "unsupported") &&
        !(row.causeKey !== null && (grouped.get(row.causeKey) ?? 0) >= 3),
    );
    const isOutside = (row: (typeof rows)[number]) =>
      filter.period !== null &&
      row.lastUpdateAt !== null &&
      row.lastUpdateAt < periodStart(filter.period, START) &&
      row.state !== "pending";
    const isHidden = (row: (typeof rows)[number]) =>
      filter.isSyncedHidden && filter.state === null && EXCHANGING_STATES.includes(row.state);
    const found = candidates.filter(
      (row) => isOutside(row) === (filter.scope === "outside") && !isHidden(row),
    );
    const silent = filter.scope === "listed" ? candidates.filter(isOutside) : [];
    return { total: found.length, silent: silent.length, segments };
  }

  for (const access of ["all", [1, 2]] as const) {
    const viewer = { user: null, organizations: access, ...presentationFor("ru", "Europe/Moscow") };
    for (const query of QUERIES) {
      const { filter } = parseFilter(Object.fromEntries(new URLSearchParams(query)));
      const { total, silent, segments, rows } = await findListing(db, fleet, viewer, filter, START);
      const expected = count(query, access);
      t.same({ total, silent: silent.count, segments }, expected, `${access}: ${query || "as it opens"}`);
      t.equal(rows.length, Math.max(0, Math.min(100, expected.total - 100 * (filter.page - 1))));
      t.equal(silent.longest.length, Math.min(2, expected.silent));
    }
  }
});
