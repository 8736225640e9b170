import t from "tap";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { START } from "../helpers/clock.ts";
import { addArchive, addLogRequest, MEGABYTE } from "../helpers/log-archives.ts";
import { signedIn, textOf } from "../helpers/page.ts";
import { changeRows, readRow } from "../helpers/rows.ts";

const PARTIAL = { "hx-request": "true", "hx-request-type": "partial" };
const PLANNED = { status: "planned", path: null, zipBytes: null, sha256: null, finishedAt: null } as const;

async function start(t: Parameters<typeof startMonitor>[0]) {
  const monitor = await startMonitor(t);
  const posServerId = await monitor.addPosServer({ name: "Тверская, 12" });
  const user = await signedIn(monitor, { organizations: "all" });
  return { monitor, posServerId, user };
}

const megabytes = (count: number) => Math.round(count * MEGABYTE);
const tagOf = (body: string) => /hx-ptag="([^"]+)"/.exec(body)?.[1] ?? "";

t.test("a request is followed from the queue to its archives", async (t) => {
  const { monitor, posServerId, user } = await start(t);
  const id = await addLogRequest(monitor, posServerId, { status: "queued" });
  const show = async () => await user.text(`/log-requests/${id}`);

  t.match(await show(), /В очереди: начнём, когда подойдёт очередь\./);
  await changeRows(monitor.db, "logRequest", { status: "running" }, { id });
  t.match(await show(), /Узнаём у POS-сервера, какие логи есть…/);

  const files = { plannedFiles: 3, receivedFiles: 2 };
  const received = { ...files, plannedBytes: megabytes(64), receivedBytes: megabytes(41.25) };
  await changeRows(monitor.db, "logRequest", received, { id });
  await addArchive(monitor, id, { logBytes: megabytes(18.4), zipBytes: megabytes(3.1) });
  await addArchive(monitor, id, { logBytes: megabytes(22.8), zipBytes: megabytes(4), day: "2026-11-23" });
  await addArchive(monitor, id, { ...PLANNED, logBytes: megabytes(22.8), day: "2026-11-22" });
  const running = await user.html(`/log-requests/${id}`);
  t.match(
    textOf(running).replaceAll("\u00a0", " "),
    /Получено 2 архива из 3 · файлы: 2 из 3 · 41,3 из 64,0 МБ .*-tverskaya-12-2026-11-24\.zip 3,1 МБ · логи 18,4 МБ Открыть/,
  );
  t.match(running, /<progress [^>]*value="43253760" max="67108864"><\/progress>/);
  t.match(running, /<meta http-equiv="refresh" content="5">/, "without JavaScript it reloads itself");

  await changeRows(
    monitor.db,
    "logRequest",
    { status: "done", finishedAt: START, receivedBytes: megabytes(64) },
    { id },
  );
  const done = await user.html(`/log-requests/${id}`);
  t.match(textOf(done).replaceAll("\u00a0", " "), /✓ Получено 2 архива, логов 64 МБ/);
  t.match(done, /<a href="\/log-requests\/\d+\/archives\.zip">Скачать все одним архивом<\/a>/);
  t.notMatch(done, /<progress|hx-trigger|http-equiv="refresh"|Отменить</);
});

t.test("an unchanged request costs its dialog a 304, a changed one a part", async (t) => {
  const { monitor, posServerId, user } = await start(t);
  const id = await addLogRequest(monitor, posServerId);
  const url = `/log-requests/${id}`;
  const opened = await user.get(url, PARTIAL);
  const tag = tagOf(opened.body);
  t.match(opened.body, /hx-get="\/log-requests\/\d+" hx-trigger="every 1s"/);
  t.equal(opened.headers["hx-ptag"], undefined, "who opens it never gets a 304 for it");

  const known = { ...PARTIAL, "hx-ptag": tag };
  t.match(await user.get(url, known), { statusCode: 304, body: "" });

  await changeRows(monitor.db, "logRequest", { plannedBytes: MEGABYTE }, { id });
  const changed = await user.get(url, known);
  t.equal(changed.statusCode, 200);
  t.equal(changed.headers["hx-ptag"], tagOf(changed.body));
  t.not(changed.headers["hx-ptag"], tag);
  t.notMatch(changed.body, /<html/);

  await changeRows(monitor.db, "logRequest", { status: "done", finishedAt: START }, { id });
  const last = await user.get(url, { ...PARTIAL, "hx-ptag": tagOf(changed.body) });
  t.equal(last.statusCode, 200);
  t.notMatch(last.body, /hx-trigger/);
});

t.test("what is missing is said with its reason, be it an archive or all of it", async (t) => {
  const { monitor, posServerId, user } = await start(t);
  const leftOut = [
    { name: "locked\u202e.log", bytes: 5, reason: "unreadable" },
    { name: "2026-11-22/<b>.log", bytes: 48 * MEGABYTE, reason: "does_not_fit" },
  ];
  const id = await addLogRequest(monitor, posServerId, {
    status: "failed",
    finishedAt: START,
    failureCode: "archives_failed",
    failureDetail: "broken_off",
    leftOut: JSON.stringify(leftOut),
    leftOutFiles: 14,
    leftOutBytes: 60 * MEGABYTE,
  });
  await addArchive(monitor, id);
  const broken = { status: "failed", failureCode: "broken_off", failureDetail: "ECONNRESET" } as const;
  await addArchive(monitor, id, { ...PLANNED, ...broken });
  await addArchive(monitor, id, { path: null, removedAt: START - 2 * DAY_MS });
  const { body } = await user.get(`/log-requests/${id}`);
  const text = textOf(body).replaceAll("\u00a0", " ");
  t.match(text, /Получены не все архивы\./);
  t.match(text, /Передача логов оборвалась: ECONNRESET/);
  t.match(text, /Удалён 22\.11: срок хранения истёк/);
  t.match(text, /Не удалось прочитать на POS-сервере: locked⟨U\+202E⟩\.log \(5 байт\)/);
  t.match(text, /Не поместились в 100 МБ: 2026-11-22\/<b>\.log \(48 МБ\) и ещё 12 файлов/);
  t.notMatch(body, /<b>\.log/, "names are text");

  const failure = { status: "failed", failureCode: "disk_full", failureDetail: "ENOSPC (write)" } as const;
  const full = await addLogRequest(monitor, posServerId, { ...failure, finishedAt: START });
  const why = /Не удалось получить логи\. На диске для архивов не хватает места: ENOSPC \(write\)/;
  t.match(await user.text(`/log-requests/${full}`), why);
  const empty = await addLogRequest(monitor, posServerId, { status: "done", finishedAt: START });
  t.match(await user.text(`/log-requests/${empty}`), /За этот период логов нет/);
});

t.test("a cancelled request ends, keeps its archives, and is recorded once", async (t) => {
  const { monitor, posServerId, user } = await start(t);
  const id = await addLogRequest(monitor, posServerId, { plannedBytes: MEGABYTE });
  await addArchive(monitor, id);
  await addArchive(monitor, id, PLANNED);
  const interrupted: number[] = [];
  monitor.app.logRequests.interrupt = (interruptedId) => interrupted.push(interruptedId);

  const answer = await user.post(`/log-requests/${id}/cancellation`);
  t.match(answer, { statusCode: 303, headers: { location: `/log-requests/${id}` } });
  await user.post(`/log-requests/${id}/cancellation`);

  const request = await readRow(monitor.db, "logRequest", { id });
  t.match(request, { status: "cancelled", finishedAt: START });
  t.same(interrupted, [id], "the runner is told");
  const events = await recordedEvents(monitor.db, "log_request_cancel");
  t.equal(events.length, 1);
  t.match(events, [{ subject: "Тверская, 12", userId: user.userId }]);
  const text = await user.text(`/log-requests/${id}`);
  t.match(text, /Запрос отменён\. Полученные архивы остались\./);
  t.match(text, /\.zip .* Открыть .*-2\.zip не получен/);
});
