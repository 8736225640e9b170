import t from "tap";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, rowsOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";

/** A monitor that has run for two days, up to half past an hour. */
async function startLongAgo(t: Parameters<typeof startMonitor>[0]) {
  const monitor = await startMonitor(t);
  const now = Math.ceil(monitor.clock() / HOUR_MS) * HOUR_MS + 48 * HOUR_MS + 30 * MINUTE_MS;
  await monitor.db.insertInto("monitorRun").values({ startedAt: monitor.clock(), seenAt: now }).execute();
  return { monitor, now };
}

async function hoursOf(monitor: TestMonitor, id: number) {
  const rows = rowsOf(await getHtml(monitor.app, "/pos-servers?period=9&unit=days"));
  const row = rows.find((shown) => shown.id === id);
  const paths = [...(row?.html ?? "").matchAll(/<path data-state="(\w+)" d="([^"]*)"/g)];
  const [, text] = row?.html.match(/<svg [^>]*aria-label="([^"]*)"/) ?? [];
  return {
    text: text?.replaceAll("\u00A0", " "),
    paths: Object.fromEntries(paths.map(([, kind, d]) => [kind, d])),
  };
}

t.test("an hour is as high as the share without exchange, in the colour of its worst state", async (t) => {
  const { monitor, now } = await startLongAgo(t);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  monitor.clock.set(now - 30 * MINUTE_MS - 2 * HOUR_MS);
  await monitor.report(id, { syncedAgoMs: HOUR_MS });
  monitor.clock.advance(20 * MINUTE_MS);
  await monitor.report(id, { error: "boom" });
  monitor.clock.advance(10 * MINUTE_MS);
  await monitor.report(id);
  monitor.clock.set(now);
  const { text, paths } = await hoursOf(monitor, id);
  t.equal(paths.sync_error, "M84 0H88V7H84z", "half of the hour before the last whole one");
  t.match(paths.working, "M0 4H84V14H0zM84 7H88V14H84zM88 4H96V14H88z");
  t.equal(text, "Обмен работал 97,9 % времени");
});

t.test("what failed for a moment is seen, and what fails all the time fills the hour", async (t) => {
  const { monitor, now } = await startLongAgo(t);
  const [moment, always] = [await monitor.addPosServer(), await monitor.addPosServer()];
  await monitor.report(moment);
  await monitor.report(always, { error: "boom" });
  monitor.clock.set(now - 20 * MINUTE_MS);
  await monitor.report(moment, { error: "boom" });
  monitor.clock.advance(1_000);
  await monitor.report(moment);
  monitor.clock.set(now);
  t.equal((await hoursOf(monitor, moment)).paths.sync_error, "M92 0H96V4H92z");
  const { paths } = await hoursOf(monitor, always);
  t.match(paths.sync_error, "M0 0H92V14H0zM92 0H96V7H92z");
  t.notOk(paths.working, "nobody knows whether it will work in the half hour that is to come");
});

t.test("where nothing is known there is a low line, also while the monitor did not run", async (t) => {
  const { monitor, now } = await startLongAgo(t);
  const [pending, healthy] = [await monitor.addPosServer(), await monitor.addPosServer()];
  await monitor.report(healthy);
  await changeRows(monitor.db, "monitorRun", { seenAt: now - 3 * HOUR_MS });
  monitor.clock.set(now);
  const unknown = await hoursOf(monitor, pending);
  t.same(Object.keys(unknown.paths), ["unknown"]);
  t.equal(unknown.text, "Данных об обмене нет");
  t.equal((await hoursOf(monitor, healthy)).paths.unknown, "M84 8H96V10H84z");
});
