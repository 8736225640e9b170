import t from "tap";
import { FRESH_MS } from "../../src/monitor/database/keep-findings.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, getPage, unescapeHtml } from "../helpers/page.ts";

async function refresh(monitor: TestMonitor, tag?: string, url = "/pos-servers") {
  const answer = await getPage(monitor.app, url, { refresh: tag ? { tag } : {} });
  const { statusCode: status, body, headers } = answer;
  return { status, tag: String(headers["hx-ptag"]), body, headers };
}

t.test("a refresh answers the parts with the tag of the page, and nothing may be stored", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const page = await getPage(monitor.app, "/pos-servers");
  const [, pageTag] = page.body.match(/hx-ptag="([^"]*)"/) ?? [];
  const part = await refresh(monitor);
  t.equal(part.status, 200);
  t.equal(part.tag, pageTag);
  t.match(
    part.body,
    /^\s*<hx-partial hx-target="#headline"[\s\S]*<hx-partial hx-target="#above-filter"[\s\S]*<hx-partial hx-target="#below-filter"/,
  );
  t.notMatch(part.body, "<html");
  t.match(part.body, 'data-state="synced"');
  const unchanged = await refresh(monitor, part.tag);
  for (const { headers } of [page, part, unchanged]) {
    t.equal(headers["cache-control"], "no-store");
    t.match(headers.vary, /HX-Request-Type/i, "page and part are told apart");
    t.match(headers.vary, /Cookie/i);
  }
});

t.test("neither healthy polls nor exact ages change anything, but a step of an age does", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  const { tag } = await refresh(monitor);
  for (let minute = 1; minute <= 5; minute++) {
    monitor.clock.advance(MINUTE_MS);
    await monitor.report(id, { syncedAgoMs: minute * 1_000 });
    t.match(await refresh(monitor, tag), { status: 304, tag, body: /^$/ }, `minute ${minute}`);
  }
  monitor.clock.advance(3 * MINUTE_MS);
  const after = await refresh(monitor, tag);
  t.match(after, { status: 200, body: "меньше 10 мин" }, "though nothing was saved");

  await monitor.report(id, { syncedAgoMs: 60 * MINUTE_MS });
  monitor.clock.advance(FRESH_MS);
  const exact = await refresh(monitor);
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id, { syncedAgoMs: 61 * MINUTE_MS + FRESH_MS });
  t.equal((await refresh(monitor, exact.tag)).status, 304);
});

t.test("whatever is shown makes a new tag when it changes", async (t) => {
  const monitor = await startMonitor(t);
  const [id, other] = [await monitor.addPosServer({ name: "Арбат" }), await monitor.addPosServer()];
  await monitor.report(id);
  await monitor.report(other, { version: "33" });
  const { db } = monitor;
  const changes: [string, () => Promise<unknown>][] = [
    ["an error", () => monitor.report(id, { error: "boom" })],
    ["another error", () => monitor.report(id, { error: "bang" })],
    ["a version", () => monitor.report(id, { error: "bang", version: "34.3" })],
    [
      "a wrong clock",
      () => monitor.report(id, { error: "bang", version: "34.3", clockAheadMs: 5 * MINUTE_MS }),
    ],
    ["a count", () => monitor.report(other, { version: "34" })],
    ["a name", () => db.updateTable("posServer").set({ name: "Тверская" }).where("id", "=", id).execute()],
    ["one more", () => monitor.addPosServer()],
    ["one less", () => db.deleteFrom("posServer").where("id", "=", other).execute()],
  ];
  let shown = await refresh(monitor);
  for (const [what, change] of changes) {
    await change();
    monitor.clock.advance(FRESH_MS);
    const next = await refresh(monitor, shown.tag);
    t.equal(next.status, 200, what);
    t.not(next.tag, shown.tag, what);
    shown = next;
  }
});

t.test("each view, by filter, language or time zone, has its own tag and refreshes itself", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer(), { syncedAgoMs: 60 * MINUTE_MS });
  const { tag } = await refresh(monitor);
  t.equal((await getPage(monitor.app, "/pos-servers", { language: "en", refresh: { tag } })).statusCode, 200);
  const elsewhere = await getPage(monitor.app, "/pos-servers", { timeZone: "Asia/Tokyo", refresh: { tag } });
  t.equal(elsewhere.statusCode, 200);
  t.equal((await refresh(monitor, tag, "/pos-servers?state=synced")).status, 200);
  const url = "/pos-servers?period=3&unit=hours&hideSynced=1&q=%26%22&sort=-name";
  const body = await getHtml(monitor.app, url);
  t.equal(unescapeHtml(body.match(/hx-get="([^"]*)"/)?.[1] ?? ""), url);
});
