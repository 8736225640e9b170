import t from "tap";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { getHtml, getPage, hrefOf, idsOf, textOf } from "../helpers/page.ts";

t.test("every column sorts both ways, and its head says how", async (t) => {
  const monitor = await startMonitor(t);
  const start = monitor.clock();
  const [a, b, c] = [
    await monitor.addOrganization("«Ёжик»"),
    await monitor.addOrganization("жук"),
    await monitor.addOrganization("Еда"),
  ];
  const first = await monitor.addPosServer({ organizationId: a, name: "Кафе 12" });
  const second = await monitor.addPosServer({ organizationId: b, name: "Кафе 2" });
  const third = await monitor.addPosServer({ organizationId: c, name: "Арбат" });
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
    const up = await getPage(monitor.app, `/pos-servers?sort=${column}`);
    t.same(idsOf(up.body), ids, column);
    t.match(up.body, new RegExp(`class="column-${column}" aria-sort="ascending"`));
    t.equal(up.body.match(/aria-sort/g)?.length, 1);
    const url = hrefOf(up.body, new RegExp(`id="sort-${column}"`));
    t.equal(url, `/pos-servers?sort=-${column}`);
    const down = await getPage(monitor.app, url);
    t.same(idsOf(down.body), ids.toReversed(), `-${column}`);
    t.match(down.body, new RegExp(`class="column-${column}" aria-sort="descending"`));
  }
  t.same(
    idsOf(await getHtml(monitor.app, "/pos-servers?sort=organization")),
    [third, first, second],
    "which has no column of its own",
  );
  t.equal(idsOf(await getHtml(monitor.app, "/pos-servers?sort=error"))[0], third, "error texts come first");
  t.equal(idsOf(await getHtml(monitor.app, "/pos-servers?sort=-error")).at(-1), third);
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
  const first = await getPage(monitor.app, "/pos-servers?sort=name");
  t.same(idsOf(first.body), ids.slice(0, 100));
  t.match(textOf(first.body), "1–100 из 201");
  t.notMatch(first.body, 'rel="prev"');
  const next = hrefOf(first.body, /rel="next"/);
  t.equal(next, "/pos-servers?sort=name&page=2");
  const second = await getPage(monitor.app, next);
  t.same(idsOf(second.body), ids.slice(100, 200));
  t.match(second.body, /aria-label="Страница 2" aria-current="page"/);
  const last = await getPage(monitor.app, "/pos-servers?sort=name&page=3");
  t.same(idsOf(last.body), ids.slice(200));
  t.match(textOf(last.body), "201–201 из 201");
  t.notMatch(last.body, 'rel="next"');
  const beyond = await getPage(monitor.app, "/pos-servers?sort=name&page=99999");
  t.same(idsOf(beyond.body), ids.slice(200), "beyond the last one is the last one");
  const narrowed = await getHtml(monitor.app, "/pos-servers?page=2&hideSynced=1");
  t.equal(hrefOf(narrowed, /id="sort-version"/), "/pos-servers?hideSynced=1&sort=version", "from the first");
  await monitor.db
    .deleteFrom("posServer")
    .where("id", ">", ids[99] ?? 0)
    .execute();
  t.notMatch(await getHtml(monitor.app, "/pos-servers"), 'class="pages"', "100 need no other page");
});
