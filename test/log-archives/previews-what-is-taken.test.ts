import t, { type Test } from "tap";
import type { CallOutcome, PosClient, StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import type { LogFile, LogPeriod } from "../../src/protocol/logs.ts";
import { startMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";
import { MEGABYTE } from "../helpers/log-archives.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { waitFor } from "../helpers/wait-for.ts";

const FIELDS = { from: "2026-11-23T13:00", to: "2026-11-24T13:00", maxMegabytes: "100" };

async function start(
  t: Test,
  listLogs: PosClient["listLogs"],
  status: () => StatusOutcome | Promise<StatusOutcome> = () => received(START),
) {
  const periods: LogPeriod[] = [];
  const client = createScriptedClient(status, {
    listLogs: async (...asked) => {
      periods.push(asked[1]);
      return await listLogs(...asked);
    },
  });
  const monitor = await startMonitor(t, { client });
  const id = await monitor.addPosServer();
  const user = await signedIn(monitor, { organizations: "all" });
  return {
    monitor,
    periods,
    id,
    request: async () => await user.post(`/pos-servers/${id}/log-requests`, FIELDS),
    async preview(changes: Partial<typeof FIELDS> = {}, asker = user) {
      const query = new URLSearchParams({ ...FIELDS, ...changes });
      return await asker.get(`/pos-servers/${id}/log-requests/preview?${query}`);
    },
  };
}

function logs(...files: [name: string, megabytes: number, modifiedAt: string][]) {
  return async (): Promise<CallOutcome<LogFile[]>> => ({
    ok: true,
    receivedAt: START,
    value: files.map(([name, megabytes, modifiedAt]) => ({
      name,
      bytes: megabytes * MEGABYTE,
      createdAt: "2026-11-01T00:00:00.000Z",
      modifiedAt,
    })),
  });
}

t.test("what fits is listed with its size, what does not with its reason, and nothing unseen", async (t) => {
  const { preview } = await start(
    t,
    logs(
      ["now\u202egol.log", 20, "2026-11-24T10:00:00.000Z"],
      ["sync/<i>\u200b.log", 90, "2026-11-24T09:00:00.000Z"],
      ["night.log", 10, "2026-11-23T20:59:00.000Z"],
      ["\u001b[31m.log", 1, "2026-11-23T08:00:00.000Z"],
    ),
  );
  const { body, statusCode } = await preview();
  t.equal(statusCode, 200);
  const text = textOf(body).replaceAll("\u00a0", " ");
  t.match(text, /^Будет получено 2 файла, 30 МБ: /);
  t.match(text, "Показать файлы now⟨U+202E⟩gol.log 20 МБ night.log 10 МБ");
  t.match(text, "Не поместились в 100 МБ: sync/<i>⟨U+200B⟩.log (90 МБ)");
  t.match(text, "␛[31m.log (1 МБ)");
  t.notMatch(body, /<html|<i>/);
});

t.test("the POS server is asked for the period by its own clock", async (t) => {
  const { monitor, periods, id, preview } = await start(t, logs());
  const { body } = await preview();
  t.match(textOf(body), /За этот период логов нет/);
  await monitor.report(id, { clockAheadMs: 300_000 });
  await preview();
  t.same(periods, [
    { from: "2026-11-23T10:00:00.000Z", to: "2026-11-24T10:00:59.999Z" },
    { from: "2026-11-23T10:05:00.000Z", to: "2026-11-24T10:05:59.999Z" },
  ]);
});

t.test("a POS server that does not list its logs is named", async (t) => {
  const failure = { code: "connect_refused", detail: "connect ECONNREFUSED" } as const;
  const { preview } = await start(t, async () => ({ ok: false, failure, receivedAt: START }));
  const { body, statusCode } = await preview();
  t.equal(statusCode, 200);
  t.match(textOf(body), /не получен\. POS-сервер не принимает соединения: в соединении отказано/);
});

t.test("the logs of a POS server of another organization are not named, as they are not given", async (t) => {
  const { monitor, preview, request } = await start(
    t,
    logs(["guests.log", 1, "2026-11-24T10:00:00.000Z"]),
    () => failed(START, "wrong_crm_id", "crmId 100300"),
  );
  const shown = await preview();
  const refused = await request();
  t.equal(refused.statusCode, 422);
  t.match(textOf(shown.body), /POS-сервер привязан к другой организации: CrmId 100300/);
  t.match(textOf(refused.body), /POS-сервер сообщает CrmId 100300.* логи не получить\./);
  for (const { body } of [shown, refused]) t.notMatch(body, "guests.log");
  t.same(await monitor.db.selectFrom("logRequest").selectAll().execute(), [], "nothing is queued");
});

t.test("whoever looks waits neither for logs nor for a status from a POS server that hangs", async (t) => {
  const hanging = Promise.withResolvers<never>();
  t.teardown(() => hanging.reject(new Error("the test is over")));
  const scenes = [await start(t, () => hanging.promise), await start(t, logs(), () => hanging.promise)];
  for (const { body } of await Promise.all(scenes.map(({ preview }) => preview())))
    t.match(textOf(body), /POS-сервер не ответил за 5 секунд/);
});

t.test("looking changes nothing that is known of the POS server, and asks none that is parked", async (t) => {
  let outcome: StatusOutcome = received(START);
  const { monitor, id, periods, preview } = await start(t, logs(), () => outcome);
  await monitor.report(id, {});
  const status = async () => await monitor.db.selectFrom("posStatus").selectAll().executeTakeFirstOrThrow();
  const before = await status();
  outcome = failed(START);
  for (let look = 0; look < 5; look += 1) t.match(textOf((await preview()).body), /не получен/);
  t.same(await status(), before);
  const asked = periods.length;
  await setParked(monitor.db, id, true, monitor.clock());
  t.equal((await preview()).body, "");
  t.equal(periods.length, asked);
});

t.test("fields that are wrong show nothing and ask nobody", async (t) => {
  const { periods, preview } = await start(t, logs());
  t.equal((await preview({ maxMegabytes: "x" })).body, "");
  t.equal((await preview({ to: "2026-11-23T12:00" })).body, "");
  t.same(periods, []);
});

/** POS servers that list no logs, and only when they are told to. */
function startHanging() {
  const answers: (() => void)[] = [];
  const listLogs: PosClient["listLogs"] = async () => {
    const { promise, resolve } = Promise.withResolvers<CallOutcome<LogFile[]>>();
    answers.push(() => resolve({ ok: true, value: [], receivedAt: START }));
    return await promise;
  };
  return { answers, listLogs };
}

t.test("one person asks one POS server at a time; another one is served meanwhile", async (t) => {
  const { answers, listLogs } = startHanging();
  const { monitor, preview } = await start(t, listLogs);
  const boris = await signedIn(monitor, { organizations: "all" });
  const asked = [0, 1, 2, 3, 4].map((minute) => preview({ from: `2026-11-23T13:1${minute}` }));
  const answered = asked.map(async (preview, index) => ({ index, refused: await preview }));
  const { index: refusedOne, refused } = await Promise.race(answered);
  const hers = asked.filter((_, index) => index !== refusedOne);
  t.equal(refused.statusCode, 429);
  t.match(textOf(refused.body), "Сейчас запрашивается слишком много списков логов");
  await waitFor(() => answers.length > 0);
  const his = preview({}, boris);
  await waitFor(() => answers.length === 2);
  answers[1]?.();
  t.equal((await his).statusCode, 200);
  t.equal(answers.length, 2, "her others still wait");
  for (const [index, preview] of hers.entries()) {
    await waitFor(() => answers.length > index + (index > 0 ? 1 : 0));
    answers[index === 0 ? 0 : index + 1]?.();
    t.equal((await preview).statusCode, 200);
  }
});
