import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { addReported, addWallToken, lookAtWall, refreshing, textOfWall } from "../helpers/wall.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

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
