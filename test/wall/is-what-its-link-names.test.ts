import t from "tap";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { shiftAt } from "../../src/monitor/wall/screen/wall-model.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import {
  addReported,
  addWallToken,
  lookAtWall,
  ranAlways,
  refreshing,
  textOfWall,
  tilesOf,
} from "../helpers/wall.ts";

t.test("nothing of other organizations is shown or counted", async (t) => {
  const monitor = await startMonitor(t);
  await ranAlways(monitor);
  const [here, elsewhere] = [await monitor.addOrganization("Своя"), await monitor.addOrganization("Чужая")];
  const both = await addWallToken(monitor, [here, elsewhere]);
  const { url } = await addWallToken(monitor, [here]);
  await addReported(monitor, "Наша, 1", { error: "ours" }, here);
  for (let number = 1; number <= 6; number++)
    await addReported(monitor, `Чужой ${number}`, { error: "theirs" }, elsewhere);
  const back = await addReported(monitor, "Чужой 7", { error: "back" }, elsewhere);
  await monitor.report(back);
  const body = await lookAtWall(monitor, url);
  t.same(tilesOf(body), ["Наша, 1 только что Ошибка синхронизации ours"]);
  t.match(textOfWall(body), /Poswatch · Своя .*1 проблема из 1 1 новая за час 0\s% обмениваются: 0 из 1/);
  t.match(textOfWall(body), /больше всего: 1 между/);
  t.notMatch(body, /Чуж|theirs/);
  t.match(textOfWall(await lookAtWall(monitor, both.url)), /Poswatch · Своя, Чужая .*7 проблем из 8/);

  await setArchived(monitor.db, here, 1);
  const archived = await lookAtWall(monitor, url);
  t.match(textOfWall(archived), /Poswatch · организаций нет .*0 проблем/);
  t.notMatch(archived, "Наша");
});

t.test("language and zone are those of the link, and what is written is shown as text", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("<i>ООО</i>");
  await addReported(monitor, `<img src=x>, "1"`, { error: "<script>alert(1)</script>" });
  const columns = { language: "en", timeZone: "Asia/Yekaterinburg" } as const;
  const { url } = await addWallToken(monitor, [organizationId], { columns });
  const { body } = await monitor.app.inject({ url, cookies: { language: "ru", timeZone: "UTC" } });
  t.match(body, '<html lang="en">');
  t.match(textOfWall(body), / 15:00 1 problem of 1 .*, "1" just now Sync error/);
  t.notMatch(body, /<img|<script>alert|<i>/);
  t.match(body, /&lt;script(>|&gt;)alert/);
  const all = await addWallToken(monitor, "all", { columns });
  t.match(textOfWall(await lookAtWall(monitor, all.url)), "all organizations");
});

t.test("a refresh in which nothing shown changed is answered with 304", async (t) => {
  const monitor = await startMonitor(t);
  const id = await addReported(monitor, "Невский, 88", { error: "boom" });
  const { url } = await addWallToken(monitor);
  const refresh = async (tag?: string) => await monitor.app.inject({ url, headers: refreshing(tag) });
  const first = await refresh();
  const tag = String(first.headers["hx-ptag"]);
  t.match(first.body, /^<hx-partial hx-target="#wall"/);
  t.match(await lookAtWall(monitor, url), `hx-ptag="${tag}"`);
  monitor.clock.advance(5 * MINUTE_MS);
  await monitor.report(id, { error: "boom" });
  t.equal((await refresh(tag)).statusCode, 304, "the browser counts ages on");

  await monitor.report(id);
  monitor.clock.advance(2_000);
  const changed = await refresh(tag);
  t.equal(changed.statusCode, 200);
  t.match(textOfWall(changed.body), /Все обмениваются/);
  const next = String(changed.headers["hx-ptag"]);
  monitor.clock.advance(HOUR_MS);
  t.equal((await refresh(next)).statusCode, 200, "it moves with the hour");
  t.match(await lookAtWall(monitor, url), '<noscript><meta http-equiv="refresh" content="15"></noscript>');
});

t.test("in every hour it stands one step from where it stood in the hour before", async (t) => {
  const places = new Set<string>();
  for (let hour = 0; hour < 48; hour++) {
    const [place, next] = [shiftAt(hour * HOUR_MS), shiftAt((hour + 1) * HOUR_MS)];
    t.equal(Math.abs(place.x - next.x) + Math.abs(place.y - next.y), 1, `from hour ${hour} on`);
    t.same(shiftAt((hour + 1) * HOUR_MS - 1), place, "within an hour it stays");
    for (const side of [place.x, place.y]) t.ok(side >= 0 && side <= 6);
    places.add(`${place.x} ${place.y}`);
  }
  t.equal(places.size, 24);
});
