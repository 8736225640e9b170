import t from "tap";
import { type DemoPosServer, POS_SERVERS, type Scenario } from "../../src/demo/chain.ts";
import { writeStateHistory } from "../../src/demo/state-history.ts";
import { presentTrouble, troubleAgeMs } from "../../src/demo/troubles.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";

/** They have never answered. */
const UNHEARD: Scenario[] = ["not_opened", "token_changed", "foreign_crm_id", "parked"];

/** What the list draws its bar from, and what it says beside it. */
async function knownOf({ db }: TestMonitor, id: number) {
  const status = db.selectFrom("posStatus").selectAll().where("posServerId", "=", id);
  const changes = db.selectFrom("stateChange").select(["at", "state"]).where("posServerId", "=", id);
  return { status: await status.executeTakeFirstOrThrow(), changes: await changes.orderBy("id").execute() };
}

async function write(monitor: TestMonitor, told: DemoPosServer): Promise<number> {
  const organizationId = await monitor.addOrganization();
  const id = await monitor.addPosServer({ organizationId });
  await writeStateHistory(monitor.app.database.db, { id, organizationId }, told, monitor.clock());
  return id;
}

/** The first POS server of the demo that this is wrong with. */
function ofScenario(scenario: Scenario): DemoPosServer {
  const found = POS_SERVERS.find((posServer) => posServer.scenario === scenario);
  if (!found) throw new Error(`The demo has no ${scenario}`);
  return found;
}

t.test("the past of every POS server leads to its state, and to no time that is still to come", async (t) => {
  const monitor = await startMonitor(t);
  for (const posServer of POS_SERVERS) {
    const { name } = posServer;
    const { status, changes } = await knownOf(monitor, await write(monitor, posServer));
    const times = changes.map(({ at }) => at);
    const sorted = times.toSorted((one, other) => one - other);
    t.same(times, sorted, name);
    const { at, state } = changes.at(-1) ?? {};
    t.same([at, state], [status.stateSince, status.state], name);
    t.ok(status.stateSince <= monitor.clock());
    // Of an unsupported version nothing is kept but the version, and one whose exchange was never seen has no other past.
    const isHeard =
      ![...UNHEARD, "unknown_wording"].includes(posServer.scenario) && posServer.version !== "33.9.4";
    t.equal(times.length > 1, isHeard, name);
  }
});

for (const scenario of [
  "damaged_database",
  "main_server_silent",
  "exchange_hangs",
  "service_stopped",
  "closed",
  "unknown_wording",
  "database_held",
  "cut_off",
] as const) {
  t.test(`the past of ${scenario} ends with its trouble, which its first report confirms`, async (t) => {
    const monitor = await startMonitor(t);
    const posServer = { ...ofScenario(scenario), version: "34.2.117" };
    const trouble = presentTrouble(posServer);
    const ageMs = troubleAgeMs(scenario);
    const id = await write(monitor, posServer);
    const before = await knownOf(monitor, id);
    t.match(before.changes.slice(-2), [
      ...(scenario === "unknown_wording" ? [] : [{ state: "synced" }]),
      { state: trouble?.state, at: monitor.clock() - ageMs },
    ]);
    if (scenario === "closed") {
      const closedUntil = monitor.clock() + MINUTE_MS;
      await monitor.app.database.db.updateTable("posStatus").set({ closedUntil }).execute();
    }
    await monitor.report(id, {
      syncedAgoMs: scenario === "unknown_wording" ? null : ageMs + 2 * MINUTE_MS,
      ...(trouble?.state === "sync_error" ? { error: trouble.detail ?? "" } : {}),
      ...(["service_stopped", "closed"].includes(scenario)
        ? { service: { name: "iikoCard5POS", state: "stopped", startedAt: null } }
        : {}),
    });
    const after = await knownOf(monitor, id);
    t.same(after.changes, before.changes, "it is no transition");
    t.match(after.status, {
      state: trouble?.state,
      stateSince: before.status.stateSince,
      causeKey: before.status.causeKey,
    });
    t.ok((after.status.lastSyncAt ?? 0) <= after.status.stateSince);
  });
}
