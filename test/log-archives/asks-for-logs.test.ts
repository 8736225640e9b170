import type { LightMyRequestResponse } from "fastify";
import t from "tap";
import { MAX_MEGABYTES } from "../../src/monitor/log-archives/log-request-form.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { START } from "../helpers/clock.ts";
import { addLogRequest } from "../helpers/log-archives.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

/** The clock stands at 13:00 in Moscow, where the viewer is. */
const RIGHT = { from: "2026-11-23T13:00", to: "2026-11-24T13:00", maxMegabytes: "100" };
const PERIOD = {
  fromAt: Date.parse("2026-11-23T10:00:00.000Z"),
  toAt: Date.parse("2026-11-24T10:00:59.999Z"),
};
const PARTIAL = { "hx-request": "true", "hx-request-type": "partial" };

async function start(t: Parameters<typeof startMonitor>[0], outcome: StatusOutcome = received(START)) {
  const client = createScriptedClient(() => outcome, {
    listLogs: async () => ({ ok: true, value: [], receivedAt: START }),
  });
  const monitor = await startMonitor(t, { client });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  return { monitor, client, id, user, path: `/pos-servers/${id}/log-requests` };
}

function listRequests({ app }: TestMonitor) {
  return app.database.db.selectFrom("logRequest").selectAll().orderBy("id").execute();
}

function valuesOf({ body }: LightMyRequestResponse): Record<string, string> {
  const inputs = [...body.matchAll(/<input[^>]* name="(\w+)"[^>]* value="([^"]*)"/g)];
  return Object.fromEntries(inputs.map(([, name = "", value = ""]) => [name, value]));
}

t.test("the form asks for the last day and 100 MB, or a preset, and lists requests", async (t) => {
  const { monitor, id, path, user } = await start(t);
  const answer = await user.get(`${path}/new`);
  t.equal(answer.statusCode, 200);
  t.match(valuesOf(answer), RIGHT);
  const dialog = textOf(answer.body);
  t.match(dialog, /Логи POS-сервера «Тверская, 12» ООО «Вкусный дом» · CrmId 100237 .* Запросить логи/);
  for (const [preset, [from, to]] of Object.entries({
    today: ["2026-11-24T00:00", "2026-11-24T13:00"],
    yesterday: ["2026-11-23T00:00", "2026-11-23T23:59"],
    lastThreeDays: ["2026-11-22T00:00", "2026-11-24T13:00"],
    week: ["2026-11-18T00:00", "2026-11-24T13:00"],
    nonsense: [RIGHT.from, RIGHT.to],
  }))
    t.match(valuesOf(await user.get(`${path}/new?preset=${preset}`)), { from, to }, preset);
  const marked = /preset=yesterday"[^>]* aria-current="true">вчера</;
  t.match(await user.html(`${path}/new?preset=yesterday`), marked);

  await addLogRequest(monitor, id, { status: "done", finishedAt: START });
  await addLogRequest(monitor, id);
  t.match(
    await user.text(`${path}/new`),
    /Прежние запросы 24\.11 13:00 · выполняется Анна Иванова · 23\.11 13:00 – 24\.11 13:00 24\.11 13:00 · логов нет/,
  );
});

t.test("of a parked POS server none can be asked for, and the dialog says so", async (t) => {
  const { monitor, id, path, user } = await start(t);
  await setParked(monitor.db, id, true, monitor.clock());
  const { body } = await user.get(`${path}/new`, PARTIAL);
  t.match(textOf(body), "приостановлен. Чтобы получить логи, сначала возобновите опрос.");
  t.notMatch(body, /button-primary|name="from"|preview/);
  const refused = await user.post(path, RIGHT);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), /Опрос этого POS-сервера приостановлен/);
  t.same(await listRequests(monitor), []);
});

t.test("a form that comes back marks the preset that was sent, also some minutes later", async (t) => {
  const { monitor, path, user } = await start(t, failed(START, "connect_refused", "ECONNREFUSED"));
  const marked = async (period: { from: string; to: string }) => {
    const { body } = await user.post(path, { ...RIGHT, ...period });
    t.notMatch(body, /hx-trigger="load/, "what failed just now is not asked for again");
    return /preset=(\w+)"[^>]* aria-current/.exec(body)?.[1];
  };
  monitor.clock.advance(4 * 60_000);
  t.equal(await marked(RIGHT), "lastDay");
  t.equal(await marked({ from: "2026-11-22T00:00", to: "2026-11-24T13:00" }), "lastThreeDays");
  t.equal(await marked({ from: "2026-11-22T08:00", to: "2026-11-24T13:00" }), "custom");
});

t.test("a right form queues a request of the viewer's period and leads to it", async (t) => {
  const { monitor, path, user, id } = await start(t);
  const answer = await user.post(path, RIGHT);
  const [request, ...others] = await listRequests(monitor);
  t.same(others, []);
  t.equal(answer.statusCode, 303);
  t.equal(answer.headers.location, `/log-requests/${request?.id}`);
  t.match(request, {
    posServerId: id,
    userId: user.userId,
    userName: "Анна Иванова",
    ...PERIOD,
    maxBytes: 100 * 1024 * 1024,
  });
  t.match(await recordedEvents(monitor.db, "log_request"), [
    { subject: "Тверская, 12", detail: [{ key: "period", values: PERIOD }] },
  ]);
  await user.post(path, { ...RIGHT, from: "2026-11-24T00:00", to: "2026-11-24T23:59" });
  t.match((await listRequests(monitor))[1], { toAt: PERIOD.toAt }, "what goes into the future ends now");
});

const WRONG: [string, Partial<typeof RIGHT>, RegExp][] = [
  ["no beginning", { from: "" }, /problem-from">Заполните это поле/],
  ["no end", { to: " " }, /problem-to">Заполните это поле/],
  ["an odd date", { from: "вчера" }, /problem-from">Укажите дату и время/],
  ["a day that is none", { to: "2026-02-30T10:00" }, /problem-to">Укажите дату и время/],
  ["an end before its beginning", { to: "2026-11-23T12:59" }, /problem-to">Конец периода раньше/],
  ["a future period", { from: "2026-11-24T13:01", to: "2026-11-25T00:00" }, /problem-from">Период ещё не/],
  ["no cap", { maxMegabytes: "" }, /problem-maxMegabytes">Укажите целое число от 1 до 10/],
  ["a cap of nothing", { maxMegabytes: "0" }, /problem-maxMegabytes/],
  ["a broken cap", { maxMegabytes: "1.5" }, /problem-maxMegabytes/],
  ["a cap beyond all", { maxMegabytes: String(MAX_MEGABYTES + 1) }, /problem-maxMegabytes/],
];

t.test("whatever is wrong with the form is said beside its field, and nothing is queued", async (t) => {
  const { monitor, client, path, user } = await start(t);
  for (const [what, change, message] of WRONG) {
    const typed = { ...RIGHT, ...change };
    const answer = await user.post(path, typed);
    t.equal(answer.statusCode, 422, what);
    t.match(answer.body, message, what);
    t.match(valuesOf(answer), typed, `${what}: typed values are kept`);
  }
  t.same(await listRequests(monitor), []);
  t.same(await recordedEvents(monitor.db, "log_request"), []);
  t.equal(client.calls.length, 0, "no POS server is asked for nothing");
});

t.test("who asks for what is fetched already is led to that request", async (t) => {
  const { monitor, path, user, id } = await start(t);
  const open = await addLogRequest(monitor, id, PERIOD);
  const answer = await user.post(path, RIGHT);
  t.equal(answer.headers.location, `/log-requests/${open}?joined=1`);
  t.equal((await listRequests(monitor)).length, 1);
  const joined = await user.get(`/log-requests/${open}?joined=1`);
  t.match(textOf(joined.body), /Такой же запрос уже выполняется, второй не создан/);

  await user.post(path, { ...RIGHT, maxMegabytes: "50" });
  t.equal((await listRequests(monitor)).length, 2, "another cap is another request");
  await changeRows(monitor.db, "logRequest", { status: "done", finishedAt: START }, { id: open });
  await user.post(path, RIGHT);
  t.equal((await listRequests(monitor)).length, 3, "one that has ended is no longer joined");
});
