import t from "tap";
import { reconnectPosServer } from "../../src/monitor/registry/registry.ts";
import { startMonitor } from "../helpers/app.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";

const TAKEN = { code: "SQLITE_CONSTRAINT_UNIQUE" };

t.test("a new POS server waits for its first poll; its token is stored sealed", async (t) => {
  const monitor = await startMonitor(t);
  const { db, sqlite } = monitor.app.database;
  const id = await monitor.addPosServer({ name: "Ёлка", isParked: true });
  const status = await db.selectFrom("posStatus").selectAll().executeTakeFirst();
  t.match(status, { posServerId: id, state: "pending" });
  t.match(await db.selectFrom("stateChange").selectAll().execute(), [{ posServerId: id, state: "parked" }]);
  const row = await db.selectFrom("posServer").selectAll().executeTakeFirstOrThrow();
  t.equal(monitor.app.secretBox.open(row.sealedToken ?? Buffer.alloc(0)), TOKEN);
  t.notMatch(sqlite.serialize().toString("latin1"), TOKEN);
});

t.test("a name is taken within its organization only, an identity everywhere", async (t) => {
  const monitor = await startMonitor(t);
  const [first, second] = [await monitor.addOrganization(), await monitor.addOrganization()];
  await monitor.addPosServer({ organizationId: first, name: "Арбат", identity: "one" });
  await monitor.addPosServer({ organizationId: second, name: "Арбат", identity: "two" });
  await t.rejects(monitor.addPosServer({ organizationId: first, name: "Арбат" }), TAKEN);
  await t.rejects(monitor.addPosServer({ organizationId: second, identity: "one" }), TAKEN);
  await t.rejects(monitor.addOrganization("Ещё", "100001"), TAKEN);
  for (const table of ["posServer", "posStatus"] as const)
    t.equal((await monitor.db.selectFrom(table).selectAll().execute()).length, 2, "nothing half done");
});

t.test("what was known of the checks stays with its machine", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const id = await monitor.addPosServer({ identity: POS_SERVER_ID });
  const place = {
    connection: "direct",
    token: null,
    fingerprint: null,
    address: "https://new:8443",
  } as const;
  const known = async () => ({
    checks: (await db.selectFrom("posCheck").select("checkId").execute()).length,
    ...(await db
      .selectFrom("posStatus")
      .select(["failedChecks", "portSilentReports", "portCheckedAt"])
      .executeTakeFirstOrThrow()),
  });
  const port = {
    id: "port",
    outcome: "ok",
    value: "7001",
    at: new Date(monitor.clock()).toISOString(),
  } as const;
  await monitor.report(id, { checks: [port, { id: "clock", outcome: "ok" }] });
  const before = await known();
  t.match(before, { checks: 2, failedChecks: "", portSilentReports: 0, portCheckedAt: monitor.clock() });
  await reconnectPosServer(db, monitor.app.secretBox, id, { ...place, identity: POS_SERVER_ID });
  t.same(await known(), before, "at another address it is the same machine");
  await reconnectPosServer(db, monitor.app.secretBox, id, { ...place, identity: "another" });
  t.same(await known(), { checks: 0, failedChecks: null, portSilentReports: null, portCheckedAt: null });
});
