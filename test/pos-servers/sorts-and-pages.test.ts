import t from "tap";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, hrefOf, idsOf, textOf } from "../helpers/page.ts";

t.test("every column sorts both ways, and its head says how", async (t) => {
  const monitor = await startMonitor(t);
  const start = monitor.clock();
  const add = async (organization: string, name: string) =>
    await monitor.addPosServer({ organizationId: await monitor.addOrganization(organization), name });
  const first = await add("«Ёжик»", "Кафе 12");
  const second = await add("жук", "Кафе 2");
  const third = await add("Еда", "Арбат");
  monitor.clock.set(start + HOUR_MS);
  await monitor.report(third, { version: "34.9", error: "Б", syncedAgoMs: 3 * HOUR_MS });
  monitor.clock.set(start + 2 * HOUR_MS);
  await monitor.report(first, { version: "34.10", syncedAgoMs: 0 });
  monitor.clock.set(start + 3 * HOUR_MS);
  await monitor.report(second, { version: "34.9.1", syncedAgoMs: HOUR_MS / 2 });

  const ascending: Record<string, number[]> = {
    state: [third, second, first],
    name: [third, second, first],
    version: [third, second, first],
    lastUpdateAt: [third, first, second],
    lastSyncAt: [third, first, second],
  };
  for (const [column, ids] of Object.entries(ascending)) {
    const up = await getHtml(monitor.app, `/pos-servers?sort=${column}`);
    t.same(idsOf(up), ids, column);
    t.match(up, new RegExp(`class="column-${column}" aria-sort="ascending"`));
    t.equal(up.match(/aria-sort/g)?.length, 1);
    const url = hrefOf(up, new RegExp(`id="sort-${column}"`));
    t.equal(url, `/pos-servers?sort=-${column}`);
    const down = await getHtml(monitor.app, url);
    t.same(idsOf(down), ids.toReversed(), `-${column}`);
    t.match(down, new RegExp(`class="column-${column}" aria-sort="descending"`));
  }
  const byOrganization = await getHtml(monitor.app, "/pos-servers?sort=organization");
  t.same(idsOf(byOrganization), [third, first, second], "which has no column of its own");
});

t.test("by error, reasons that the list gives itself stand after errors", async (t) => {
  const monitor = await startMonitor(t);
  const add = async (...reports: Parameters<typeof monitor.report>[1][]) => {
    const id = await monitor.addPosServer();
    for (const report of reports) await monitor.report(id, report);
    return id;
  };
  const service = { name: "iikoCard5POS", state: "stopped", startedAt: null } as const;
  const fine = await add({});
  const stale = await add({ syncedAgoMs: HOUR_MS });
  const stopped = await add({ service });
  const stoppedWithError = await add({ service, error: "А" });
  const boom = await add({ error: "Я" });
  const unreachable = await add({});
  await monitor.fail(unreachable, "connect_timeout", "connect ETIMEDOUT");
  const alsoStopped = await add({ service });
  const alsoStale = await add({ syncedAgoMs: HOUR_MS });
  const order = [unreachable, stoppedWithError, boom, stopped, alsoStopped, stale, alsoStale, fine];
  t.same(idsOf(await getHtml(monitor.app, "/pos-servers?sort=error")), order);
  t.same(idsOf(await getHtml(monitor.app, "/pos-servers?sort=-error")), order.toReversed());
});

t.test("equal rows are in the order of organization and name", async (t) => {
  const monitor = await startMonitor(t);
  const [b, a] = [await monitor.addOrganization("Б"), await monitor.addOrganization("А")];
  const ids = [
    await monitor.addPosServer({ organizationId: b, name: "1" }),
    await monitor.addPosServer({ organizationId: a, name: "10" }),
    await monitor.addPosServer({ organizationId: a, name: "9" }),
  ];
  t.same(idsOf(await getHtml(monitor.app, "/pos-servers")), [ids[2], ids[1], ids[0]]);
});

t.test("a page has 100 rows, the next one goes on, and the last one says where it ends", async (t) => {
  const monitor = await startMonitor(t);
  const ids: number[] = [];
  for (let count = 0; count < 201; count++) ids.push(await monitor.addPosServer({ name: `Кафе ${count}` }));
  const first = await getHtml(monitor.app, "/pos-servers?sort=name");
  t.same(idsOf(first), ids.slice(0, 100));
  t.match(textOf(first), "1–100 из 201");
  t.notMatch(first, 'rel="prev"');
  const next = hrefOf(first, /rel="next"/);
  t.equal(next, "/pos-servers?sort=name&page=2");
  const second = await getHtml(monitor.app, next);
  t.same(idsOf(second), ids.slice(100, 200));
  t.match(second, /aria-label="Страница 2" aria-current="page"/);
  for (const page of [3, 99999]) {
    const last = await getHtml(monitor.app, `/pos-servers?sort=name&page=${page}`);
    t.same(idsOf(last), ids.slice(200), `${page}: beyond the last one is the last one`);
    t.match(textOf(last), "201–201 из 201");
    t.notMatch(last, 'rel="next"');
  }
  const narrowed = await getHtml(monitor.app, "/pos-servers?page=2&hideSynced=1");
  t.equal(hrefOf(narrowed, /id="sort-version"/), "/pos-servers?hideSynced=1&sort=version", "from the first");
  await monitor.db
    .deleteFrom("posServer")
    .where("id", ">", ids[99] ?? 0)
    .execute();
  t.notMatch(await getHtml(monitor.app, "/pos-servers"), 'class="pages"', "100 need no other page");
});
