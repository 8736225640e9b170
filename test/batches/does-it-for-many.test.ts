import t from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn, type TestBrowser, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** POS servers of which those in `down` do not answer polls; while the gate is closed, none does. */
async function start(t: Parameters<typeof startMonitor>[0], count = 3) {
  const down = new Set<number>();
  let opened = Promise.resolve();
  const closeGate = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    opened = promise;
    return resolve;
  };
  const client = createScriptedClient(async ({ id }) => {
    await opened;
    const now = monitor.clock();
    return down.has(id) ? failed(now, "connect_refused", "ECONNREFUSED") : received(now);
  });
  const monitor = await startMonitor(t, { client, pauseMs: 5 });
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const ids: number[] = [];
  for (let index = 1; index <= count; index++) {
    ids.push(await monitor.addPosServer({ organizationId, name: `Арбат, ${index}` }));
    await monitor.report(ids.at(-1) ?? 0);
  }
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: [organizationId] });
  return { monitor, down, closeGate, ids, user };
}

async function workOff(monitor: TestMonitor): Promise<void> {
  await waitFor(async () => (await countOf(monitor, "queued")) + (await countOf(monitor, "running")) === 0);
}

async function countOf(monitor: TestMonitor, wanted: string): Promise<number> {
  return (await itemsOf(monitor)).filter(({ status }) => status === wanted).length;
}

async function itemsOf({ db }: TestMonitor) {
  return await db.selectFrom("batchItem").select(["posServerId", "status", "code"]).orderBy("id").execute();
}

/** `POST /batches` of some POS servers. @returns where it leads, or the page. */
async function send(user: TestBrowser, kind: string, ids: number[], more: Record<string, string> = {}) {
  return await user.post("/batches", { kind, id: ids.map(String), ...more });
}

t.test("many are taken at once, but for those that somebody has", async (t) => {
  const { monitor, ids, user } = await start(t, 4);
  const [first, second, third, well] = ids as [number, number, number, number];
  for (const id of [first, second, third]) await monitor.report(id, { error: "boom" });
  const other = await signedIn(monitor, { name: "Пётр", organizations: "all" });
  await other.post(`/pos-servers/${second}/takings`, { until: "hour" });
  await setParked(monitor.db, third, true, monitor.clock());
  const { statusCode, headers } = await send(user, "take", [first, second, third, well, 999]);
  t.same([statusCode, headers.location], [303, "/batches/1"]);
  await workOff(monitor);
  t.same(await itemsOf(monitor), [
    { posServerId: first, status: "done", code: null },
    { posServerId: second, status: "left_out", code: "held" },
    { posServerId: third, status: "left_out", code: "parked" },
    { posServerId: well, status: "left_out", code: "over" },
  ]);
  const page = await user.text("/batches/1");
  t.match(page, /Занимаюсь: 1 POS-сервер .*Готово 1 из 1 .*Ещё к 1 из выбранных у вас больше нет доступа/);
  t.match(
    page,
    /Пропущены 3 Арбат, 2 .* занимается другой Арбат, 3 .* опрос приостановлен Арбат, 4 .* заниматься нечем/,
  );
  const detail = [{ key: "batch", values: { kind: "take", count: 1 } }];
  const events = await recordedEvents(monitor.db, "batch");
  t.match(events, [{ userName: "Анна Иванова", detail }]);
  t.equal(events.length, 1);
  const log = await user.text("/audit");
  t.match(log, "Занимаюсь: 1 (действие 1) Записи по каждому");
  t.notMatch(await user.html("/audit"), />Арбат, 1<\/a>/, "its items stand apart");
  t.match(await other.html("/audit"), />Арбат, 1<\/a>/, "for others, who do not see the entry of the batch");
  for (const query of ["action=taking_begin", "batch=1", `posServer=${first}`])
    t.match(await user.html(`/audit?${query}`), />Арбат, 1<\/a>/, query);
});

t.test("connections are checked, and those that failed are checked again", async (t) => {
  const { monitor, down, ids, user } = await start(t);
  down.add(ids[1] ?? 0);
  await send(user, "poll", ids);
  await workOff(monitor);
  const said = /Готово 2 из 3 не удался 1 .*Не удались 1 Повторить 1 Арбат, 2 .*не принимает соединения/;
  t.match(await user.text("/batches/1"), said);
  down.clear();
  const again = await user.post("/batches/1/repetitions");
  t.equal(again.headers.location, "/batches/2");
  await workOff(monitor);
  t.match(await user.text("/batches/2"), /Проверить связь: 1 POS-сервер .*Готово 1 из 1/);
  const list = await user.text("/batches");
  t.match(list, /готово 2 из 3, не удался 1/);
  t.match(list, /Проверить связь: 1 POS-сервер .*Проверить связь: 3 POS-сервера/);
});

t.test(
  "a right that is lost stops the rest, and so does whoever stops it; what was begun ends",
  async (t) => {
    const codesWhen = async (happens: (monitor: TestMonitor, user: TestBrowser) => Promise<unknown>) => {
      const { monitor, closeGate, ids, user } = await start(t, 10);
      const open = closeGate();
      await send(user, "poll", ids);
      await waitFor(async () => (await countOf(monitor, "running")) === 8);
      await happens(monitor, user);
      open();
      await workOff(monitor);
      t.equal(await countOf(monitor, "done"), 8, "a few at once");
      return (await itemsOf(monitor)).slice(8).map(({ code }) => code);
    };
    const taken = await codesWhen(({ db }) => db.deleteFrom("userOrganization").execute());
    t.same(taken, ["right_lost", "right_lost"]);
    const stopped = await codesWhen(async ({ db }, user) => {
      t.equal((await user.post("/batches/1/cancellation")).headers.location, "/batches/1");
      await user.post("/batches/1/cancellation");
      t.equal((await recordedEvents(db, "batch_stop")).length, 1);
    });
    t.same(stopped, ["stopped", "stopped"]);
  },
);

t.test("tags are added to those that are there, and a pause has its reason", async (t) => {
  const { monitor, ids, user } = await start(t, 2);
  await user.post(`/pos-servers/${ids[0]}/tags`, { more: "Москва" });
  t.match(textOf((await send(user, "tag", ids)).body), /Добавить теги: 2 POS-сервера .*Новые теги/);
  const empty = await send(user, "tag", ids, { isFilled: "1" });
  t.equal(empty.statusCode, 422);
  t.match(empty.body, "problem-more");
  await send(user, "tag", ids, { isFilled: "1", more: "24/7, москва" });
  await workOff(monitor);
  for (const id of ids) t.match(await user.text(`/pos-servers/${id}`), /Теги .*24\/7 .*Москва/);
  const same = await send(user, "tag", ids, { isFilled: "1", more: "москва" });
  t.match(textOf(same.body), /Делать нечего: .*Ещё 2 пропустим: уже сделано — 2/);

  await send(user, "park", ids, { isFilled: "1", reason: "ремонт", until: "" });
  await workOff(monitor);
  const reasons = await monitor.db.selectFrom("parking").select("reason").execute();
  t.same(reasons, [{ reason: "ремонт" }, { reason: "ремонт" }]);
});

t.test("all that the list finds are meant, or all with a cause, and nobody else's", async (t) => {
  const { monitor, ids, user } = await start(t);
  const foreign = await monitor.addPosServer({ organizationId: await monitor.addOrganization("Пекарня") });
  for (const id of [ids[0] ?? 0, foreign]) await monitor.report(id, { error: "boom" });
  const chosen = async () => (await itemsOf(monitor)).map(({ posServerId }) => posServerId);
  await send(user, "poll", [], { all: "1", list: "/pos-servers?state=sync_error" });
  t.same(await chosen(), [ids[0]]);
  await workOff(monitor);
  await monitor.report(ids[0] ?? 0, { error: "boom" });
  const { causeKey } = await readRow(monitor.db, "posStatus", { posServerId: foreign });
  const ofCause = new URLSearchParams({ kind: "poll", cause: String(causeKey) });
  await user.post(`/batches?${ofCause}`, { id: String(ids[1]) });
  t.same(await chosen(), [ids[0], ids[0]]);
  t.match((await send(user, "poll", [foreign])).statusCode, 422);
  t.equal((await send(user, "reset", ids)).statusCode, 404, "never a mass reset");
  const stranger = await signedIn(monitor, { organizations: "all" });
  for (const path of ["/batches/1", "/batches/1/archives.zip"])
    t.equal((await stranger.get(path)).statusCode, 404);
  t.equal((await stranger.post("/batches/1/cancellation")).statusCode, 404);
});

t.test("a start for more than twenty asks for their number", async (t) => {
  const { monitor, ids, user } = await start(t, 21);
  const service = { name: "iikoCard5POS", state: "stopped" as const, startedAt: null };
  for (const id of ids) await monitor.report(id, { service });
  const asked = /Запустить службу: 21 POS-сервер .*Введите число POS-серверов: 21/;
  t.match(textOf((await send(user, "start", ids)).body), asked);
  for (const number of ["", "20", "двадцать один"]) {
    const refused = await send(user, "start", ids, { isFilled: "1", number });
    t.equal(refused.statusCode, 422);
    t.match(refused.body, "problem-number");
  }
  t.same(await itemsOf(monitor), []);
  t.equal((await send(user, "start", ids, { isFilled: "1", number: "21" })).statusCode, 303);
  t.equal((await send(user, "start", ids.slice(1), { isFilled: "1" })).statusCode, 303, "twenty need none");
});

t.test("whoever makes many holds up nobody else, is asked to wait, and finds them all", async (t) => {
  const { monitor, closeGate, ids, user } = await start(t);
  const open = closeGate();
  const [id = 0] = ids;
  for (let made = 0; made < 60; made++) t.equal((await send(user, "poll", [id])).statusCode, 303);
  const refused = await send(user, "poll", [id]);
  t.equal(refused.statusCode, 429);
  t.match(refused.headers["retry-after"], /^\d+$/);
  t.match(textOf(refused.body), /За минуту начато слишком много действий/);
  await waitFor(async () => (await countOf(monitor, "running")) === 8);
  const other = await signedIn(monitor, { name: "Пётр", organizations: "all" });
  await send(other, "tag", [id], { isFilled: "1", more: "Москва" });
  await waitFor(async () => (await countOf(monitor, "done")) === 1);
  t.match(await other.text(`/pos-servers/${id}`), /Теги .*Москва/, "while all of the others hang");

  const page = await user.html("/batches");
  const [, older = ""] = /href="([^"]+)" rel="next"/.exec(page) ?? [];
  t.equal(older, "/batches?before=11");
  const listed = (html: string) => [...html.matchAll(/href="\/batches\/(\d+)"/g)].map(([, id]) => Number(id));
  t.same(listed(await user.html(older)), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  open();
  await workOff(monitor);
});
