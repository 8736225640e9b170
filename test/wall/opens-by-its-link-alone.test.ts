import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { logLines } from "../helpers/log-lines.ts";
import { signedIn } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { addWallToken, refreshing } from "../helpers/wall.ts";

const UNKNOWN = `/wall?token=${"x".repeat(43)}`;

t.test("whatever is no link gets the page of what is not found", async (t) => {
  const monitor = await startMonitor(t);
  const { url, token } = await addWallToken(monitor);
  const nowhere = (await monitor.app.inject("/nowhere")).body;
  const comparable = (body: string) =>
    body.replace(/name="(?:_csrf|returnTo)" value="[^"]*"/g, "").replaceAll(/req-\w+/g, "");
  for (const wrong of [
    "/wall",
    "/wall?token=",
    "/wall?token=a&token=b",
    UNKNOWN,
    `${url}x`,
    url.slice(0, -1),
    `/wall?token=${token.toUpperCase()}`,
  ]) {
    const answer = await monitor.app.inject(wrong);
    t.equal(answer.statusCode, 404, wrong);
    t.equal(comparable(answer.body), comparable(nowhere), wrong);
    t.equal(answer.headers["referrer-policy"], "no-referrer");
  }
});

t.test("guesses are limited by address, and links that were good stay so", async (t) => {
  const monitor = await startMonitor(t);
  const { url } = await addWallToken(monitor);
  const fresh = await addWallToken(monitor);
  const from = (remoteAddress: string, address: string) =>
    monitor.app.inject({ url: address, remoteAddress });
  t.equal((await from("10.0.0.1", url)).statusCode, 200);
  for (let guess = 0; guess < 20; guess++) t.equal((await from("10.0.0.1", UNKNOWN)).statusCode, 404);
  const refused = await from("10.0.0.1", UNKNOWN);
  t.equal(refused.statusCode, 429);
  t.match(refused.body, "слишком много недействительных ссылок");
  t.equal((await from("10.0.0.1", fresh.url)).statusCode, 200, "a right one is let in, though it is new");
  for (let look = 0; look < 40; look++) await from("10.0.0.3", url);
  t.equal((await from("10.0.0.3", url)).statusCode, 200, "right links are no guesses");
  const atOnce = await Promise.all(Array.from({ length: 50 }, () => from("10.0.0.4", UNKNOWN)));
  t.equal(atOnce.filter(({ statusCode }) => statusCode === 404).length, 20);
  t.equal(atOnce.filter(({ statusCode }) => statusCode === 429).length, 30);
});

t.test("it needs no cookie, and the link stays out of referrers, caches and the log", async (t) => {
  const log = logLines();
  const monitor = await startMonitor(t, { logStream: log.stream });
  const { url, token } = await addWallToken(monitor);
  for (const headers of [{}, refreshing(), refreshing("another")]) {
    const answer = await monitor.app.inject({ url, headers });
    t.equal(answer.statusCode, 200);
    t.equal(answer.headers["set-cookie"], undefined);
    t.equal(answer.headers["referrer-policy"], "no-referrer");
    t.equal(answer.headers["cache-control"], "no-store");
  }
  await monitor.app.inject(UNKNOWN);
  monitor.app.database.sqlite.exec("drop table state_count");
  monitor.clock.advance(60_000);
  t.equal((await monitor.app.inject(url)).statusCode, 500);
  t.match(log.text(), "A request failed", "what failed is in the log");
  t.notMatch(log.text(), token);
  t.notMatch(log.text(), "x".repeat(43));
});

t.test("whoever has signed in is nobody there: their session is neither read nor prolonged", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const organizationId = await monitor.addOrganization("Своя");
  await monitor.addOrganization("Чужая");
  const { url } = await addWallToken(monitor, [organizationId]);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const lastUse = async () => (await readRow(db, "session")).seenAt;
  const before = await lastUse();
  monitor.clock.advance(10 * 60_000);
  const body = await admin.html(url);
  t.match(body, "Poswatch · Своя");
  t.notMatch(body, "Чужая");
  t.equal(await lastUse(), before);
  await admin.get("/pos-servers");
  t.equal(await lastUse(), monitor.clock(), "other pages prolong it");
});

t.test("its last use is written down once a minute", async (t) => {
  const monitor = await startMonitor(t);
  const { url } = await addWallToken(monitor);
  t.equal((await readRow(monitor.db, "accessToken")).usedAt, null);
  const first = monitor.clock();
  const usedAfter = async (ms: number) => {
    monitor.clock.set(first + ms);
    await monitor.app.inject(url);
    return Number((await readRow(monitor.db, "accessToken")).usedAt) - first;
  };
  t.same([await usedAfter(0), await usedAfter(30_000), await usedAfter(60_000)], [0, 0, 60_000]);
});
