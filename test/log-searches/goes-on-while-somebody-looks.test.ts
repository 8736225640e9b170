import t from "tap";
import { findSearch, removeOldSearches } from "../../src/monitor/log-searches/searches.ts";
import { createLogSearchWork } from "../../src/monitor/log-searches/work.ts";
import { DAY_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { changeRows } from "../helpers/rows.ts";
import { type AnswerSearch, foundIn, hanging, sending } from "../helpers/searchable-server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { asked, search, startSearchScene } from "./fixtures.ts";

const FOUND = sending(foundIn("2026-11-24T09:41:00.000Z", 3, "boom"));

t.test("nobody looks, and the agent is left; somebody looks again, and it goes on", async (t) => {
  const { monitor, servers, user } = await startSearchScene(t, [hanging, FOUND]);
  const [slow] = servers;
  const { url } = await search(user, "boom");
  await waitFor(async () => /Ответили 1 из 2 осталось 1/.test(await user.text(url)));
  monitor.clock.advance(20_000);
  await user.get(url);
  monitor.clock.advance(20_000);
  await monitor.app.logSearchWork.tick();
  t.equal(slow?.left, 0, "it was looked at 20 s ago");
  monitor.clock.advance(11_000);
  await asked(monitor);
  await waitFor(() => slow?.left === 1);
  if (slow) slow.answer = FOUND;
  t.match(await user.text(url), /Ответили 1 из 2 осталось 1/);
  await asked(monitor);
  t.match(await user.text(url), /Ответили 2 из 2/);
  t.match(servers, [{ orders: { length: 2 } }, { orders: { length: 1 } }], "who answered is asked once");
});

t.test("another run of the monitor goes on with it", async (t) => {
  const { monitor, servers, user } = await startSearchScene(t, [hanging, FOUND]);
  const { url } = await search(user, "boom");
  await waitFor(() => servers.every(({ orders }) => orders.length === 1));
  await monitor.app.logSearchWork.stop();
  for (const server of servers) server.answer = FOUND;
  const { app, db, clock } = monitor;
  const { secretBox, posClient: client, log } = app;
  const next = createLogSearchWork({ db, secretBox, client, log, clock, monotonicClock: clock });
  const found = await db.selectFrom("logSearch").selectAll().executeTakeFirstOrThrow();
  next.look(found);
  await next.idle();
  t.match(await user.text(url), /Ответили 2 из 2 нашлось на 2/);
});

t.test("who is back within 15 minutes is asked then, and nobody later", async (t) => {
  const { monitor, servers, ids, user } = await startSearchScene(t, [FOUND, FOUND]);
  const [server] = servers;
  const { address = "" } = server ?? {};
  const move = async (id: number | undefined, to: string) =>
    await changeRows(monitor.db, "posServer", { address: to }, { id: id ?? 0 });
  for (const id of ids) await move(id, "http://127.0.0.1:1");
  const { url } = await search(user, "boom");
  await asked(monitor);
  t.match(await user.text(url), /Ответили 0 из 2, не на связи 2/);
  monitor.clock.advance(MINUTE_MS);
  await move(ids[0], address);
  await user.get(url);
  await asked(monitor);
  t.equal(server?.orders.length, 0, "it has answered no poll yet");
  await monitor.report(ids[0] ?? 0);
  await asked(monitor);
  t.match(await user.text(url), /Ответили 1 из 2, не на связи 1 нашлось на 1/);
  monitor.clock.advance(15 * MINUTE_MS);
  await monitor.report(ids[1] ?? 0);
  await user.get(url);
  await asked(monitor);
  const over = await user.html(url);
  t.match(over, "Ответили 1 из 2, не на связи 1");
  t.notMatch(over, /спросим, если появятся|http-equiv/);
});

t.test("whoever answers polls, but searches that were cut, is asked twice", async (t) => {
  const cut: AnswerSearch = (response) => response.destroy();
  const { monitor, servers, ids, user } = await startSearchScene(t, [cut]);
  const { url } = await search(user, "boom");
  for (let times = 0; times < 4; times++) {
    await asked(monitor);
    monitor.clock.advance(1_000);
    await monitor.report(ids[0] ?? 0);
    await user.get(url);
  }
  t.equal(servers[0]?.orders.length, 2);
});

t.test("a right that is taken away shows nothing more, and asks nobody more", async (t) => {
  const { monitor, servers, user } = await startSearchScene(t, [FOUND, hanging]);
  const organizationId = await monitor.addOrganization("Пекарня", "100512");
  await monitor.addPosServer({ organizationId, name: "Невский, 88", connection: "dial_out", address: null });
  await monitor.db.insertInto("userOrganization").values({ userId: user.userId, organizationId }).execute();
  const { url } = await search(user, "boom");
  await waitFor(async () => /нашлось на 1/.test(await user.text(url)));
  await monitor.db.deleteFrom("userOrganization").where("organizationId", "!=", organizationId).execute();
  const page = await user.text(url);
  t.match(page, /все POS-серверы: 1 .*Ответили 0 из 1, не на связи 1/);
  t.notMatch(page, /Арбат|Записей за|нашлось на 1/);
  const opened = await user.post(`${url}/lines`, { posServer: "1" });
  t.equal(opened.statusCode, 404);
  monitor.clock.advance(31_000);
  await asked(monitor);
  await waitFor(() => servers[1]?.left === 1);
  await user.get(url);
  await asked(monitor);
  t.equal(servers[1]?.orders.length, 1, "it is not asked again");
});

t.test("it is kept for a day", async (t) => {
  const { monitor, user } = await startSearchScene(t, [FOUND]);
  const { url } = await search(user, "boom");
  await asked(monitor);
  t.match(await user.text(url), "Результат хранится сутки, до 25.11 13:00");
  const { userId } = user;
  const found = async () => await findSearch(monitor.db, userId, 1, monitor.clock());
  monitor.clock.advance(DAY_MS - MINUTE_MS);
  t.not(await found(), null);
  monitor.clock.advance(MINUTE_MS);
  t.equal(await found(), null);
  t.equal(await removeOldSearches(monitor.db, monitor.clock()), 1);
  t.same(await monitor.db.selectFrom("logSearchItem").select("posServerId").execute(), []);
});
