import { join } from "node:path";
import t, { type Test } from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { FRESH_MS } from "../../src/monitor/database/keep-findings.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { requestDatabaseReset } from "../../src/monitor/repairs/database-resets/request-database-reset.ts";
import { requestServiceStart } from "../../src/monitor/repairs/service-starts/request-service-start.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, idsOf, rowsOf, signedIn } from "../helpers/page.ts";

const ACTOR = { userId: null, login: "anna", name: null, address: "10.0.0.7" };

/** A monitor, and its database as it is changed from this process or from another one. */
async function start(t: Test, from: string) {
  const monitor = await startMonitor(t);
  if (from === "this process") return { monitor, db: monitor.db };
  const { db } = openDatabase(join(monitor.dataDir, DATABASE_FILE));
  t.teardown(() => db.destroy());
  return { monitor, db };
}

for (const from of ["this process", "another one"]) {
  t.test(`what somebody changes in ${from} is on the next page, though the clock stands still`, async (t) => {
    const { monitor, db } = await start(t, from);
    const { app, clock } = monitor;
    const organizationId = await monitor.addOrganization("Вкусный дом");
    const [id, otherId] = [await monitor.addPosServer({ organizationId }), await monitor.addPosServer()];
    for (const reported of [id, otherId]) await monitor.report(reported, { version: "34" });
    const posServer = { id, name: "Тверская, 1", organizationId };
    const page = async () => await getHtml(app, "/pos-servers");
    const row = async () => rowsOf(await page()).find((shown) => shown.id === id)?.text ?? "";

    t.match(await row(), "Вкусный дом");
    await db.updateTable("organization").set({ name: "Сытный двор" }).execute();
    t.match(await row(), "Сытный двор", "the organization in the row");
    t.match(await page(), `<option value="${organizationId}">Сытный двор`, "and in the filter");

    await db.updateTable("posServer").set({ name: "Арбат" }).where("id", "=", id).execute();
    t.match(await row(), "Арбат");

    t.notMatch(await row(), "35");
    await db.insertInto("setting").values({ key: "requiredVersion", value: '"35"' }).execute();
    t.match(await row(), "35", "the version that is required now");

    const reset = { posServer, confirmation: "1", identity: "x", fetchLogs: true, startService: true };
    await requestDatabaseReset(db, ACTOR, reset, clock());
    t.match(await row(), "Сброс БД: получаем логи");
    await db.updateTable("databaseReset").set({ step: "awaiting_decision" }).execute();
    t.match(await row(), "Сброс БД: нужно решение");
    await db.updateTable("databaseReset").set({ step: "done", finishedAt: clock() }).execute();
    t.notMatch(await row(), "Сброс БД:");
    await requestServiceStart(db, ACTOR, posServer, clock());
    t.match(await row(), "Служба запускается");

    await setParked(db, id, true, clock());
    t.same(idsOf(await page()), [otherId]);
    await db.deleteFrom("posServer").where("id", "=", otherId).execute();
    t.same(idsOf(await page()), []);
  });

  t.test(`a right that is taken away in ${from} is gone with the next request`, async (t) => {
    const { monitor, db } = await start(t, from);
    const [keptRight, takenRight] = [await monitor.addOrganization(), await monitor.addOrganization()];
    const kept = await monitor.addPosServer({ organizationId: keptRight });
    const taken = await monitor.addPosServer({ organizationId: takenRight });
    const user = await signedIn(monitor, { organizations: [keptRight, takenRight] });
    const shown = async () => idsOf(await user.html("/pos-servers")).sort();
    t.same(await shown(), [kept, taken]);
    await db.deleteFrom("userOrganization").where("organizationId", "=", takenRight).execute();
    t.same(await shown(), [kept]);

    await db.updateTable("user").set({ name: "Анна Иванова" }).where("id", "=", user.userId).execute();
    t.match(await user.text("/pos-servers"), "Анна Иванова");
    await db.updateTable("user").set({ isBlocked: 1 }).where("id", "=", user.userId).execute();
    t.equal((await user.get("/pos-servers")).statusCode, 303, "blocked");
    await db.updateTable("user").set({ isBlocked: 0 }).where("id", "=", user.userId).execute();
    t.equal((await user.get("/pos-servers")).statusCode, 200);
    await db.deleteFrom("session").execute();
    t.equal((await user.get("/pos-servers")).statusCode, 303, "signed out everywhere");
  });
}

t.test("what polls find is shown within two seconds, and not found anew for every one of them", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  const state = async () => rowsOf(await getHtml(monitor.app, "/pos-servers"))[0]?.state;
  t.equal(await state(), "synced");
  await monitor.report(id, { error: "boom" });
  monitor.clock.advance(FRESH_MS - 1);
  t.equal(await state(), "synced");
  monitor.clock.advance(1);
  t.equal(await state(), "sync_error");
});
