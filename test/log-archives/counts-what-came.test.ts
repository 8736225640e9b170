import t from "tap";
import { readLeftOut } from "../../src/monitor/log-archives/outcome/stored-files.ts";
import { ARCHIVE_README } from "../../src/protocol/logs.ts";
import { addArchive, addLogRequest, MEGABYTE } from "../helpers/log-archives.ts";
import { type LogMonitor, startLogMonitor, startWithTwoDays } from "../helpers/log-monitor.ts";
import { type Misbehaviour, sendZip } from "../helpers/log-server.ts";
import { getPage, getText, signedIn, textOf } from "../helpers/page.ts";
import { makeZip } from "../helpers/zip-contents.ts";

/** Answers an order with a zip of these texts. */
const sending =
  (texts: Record<string, string>): Misbehaviour =>
  (response) =>
    sendZip(response, makeZip(...Object.entries(texts)));

async function pageOf({ app }: LogMonitor, id: number): Promise<string> {
  return await getText(app, `/log-requests/${id}`);
}

t.test("of two logs of one day, which are one archive, what has come counts", async (t) => {
  const monitor = await startLogMonitor(t);
  const { app, server } = monitor;
  monitor.put("exchange.log", "обмен\n".repeat(1_000));
  monitor.put("pos.log", "заказ\n".repeat(500));
  const listed = () => getText(app, `/pos-servers/${monitor.posServerId}`);

  for (const [what, texts] of Object.entries({
    "an empty zip": {},
    "a zip that only tells what could not be read": { [ARCHIVE_README]: "exchange.log: файл занят" },
    "a zip of logs without a single byte": { "exchange.log": "", "pos.log": "" },
  })) {
    server.orders = [];
    server.always = sending(texts);
    const id = await monitor.fetch();
    const request = await monitor.request(id);
    t.match(request, { status: "failed", failureCode: "nothing_came", failureDetail: "" }, what);
    t.match(request, { plannedFiles: 2, receivedFiles: 0, receivedBytes: 0, leftOutFiles: 2 });
    const leftOut = readLeftOut(request.leftOut).map(({ name, reason }) => `${name} ${reason}`);
    t.same(leftOut, ["exchange.log unreadable", "pos.log unreadable"]);
    t.match(await monitor.archives(id), [{ status: "failed", failureCode: "nothing_came", path: null }]);
    t.same(await monitor.stored(), []);
    t.equal(server.orders.length, 1, "the same would come again");

    const page = await pageOf(monitor, id);
    t.match(page, /Не удалось получить логи\. POS-сервер не отдал ни одного лога/);
    t.match(page, /файлы: 0 из 2 · 0,0 из 16,1 кБ/);
    t.match(page, /Не удалось прочитать на POS-сервере: exchange\.log \([^)]+\), pos\.log/);
  }
  t.equal((await listed()).match(/не удалось получить Анна Иванова, /g)?.length, 3);

  server.always = sending({ "pos.log": "заказ\n".repeat(500) });
  const half = await monitor.fetch();
  const counts = { plannedFiles: 2, plannedBytes: 16_500, receivedFiles: 1, receivedBytes: 5_500 };
  t.match(await monitor.request(half), { status: "done", ...counts });
  t.match(await monitor.archives(half), [{ status: "done", logFiles: 1, logBytes: 5_500 }]);
  const { body } = await getPage(app, `/log-requests/${half}`);
  t.match(textOf(body), /Получен 1 архив из 1 · файлы: 1 из 2 · 5,4 из 16,1 кБ/);
  t.notMatch(body, /answer-ok/, "no tick");
  t.match(textOf(body), /логи 5,4 кБ.*Не удалось прочитать на POS-сервере: exchange\.log/);
  t.match(await listed(), /1 архив, получены не все логи/);
  t.match(await getText(app, "/audit"), /1 архив, 1 файл/);

  server.always = sending({ "pos.log": "x".repeat(500_000), "exchange.log": "y".repeat(12_000) });
  const grown = await monitor.fetch();
  t.match(await monitor.request(grown), { status: "done", receivedFiles: 2, receivedBytes: 512_000 });
  t.match(await pageOf(monitor, grown), /Получен 1 архив, логов 500 кБ/);

  server.always = null;
  const content = { length: Number.MAX_SAFE_INTEGER } as Buffer;
  for (let index = 0; index < 1_100; index++)
    server.logs.set(`${index}.log`, { content, modifiedAt: "2026-11-24T08:00:00.000Z" });
  const leftOut = { leftOutFiles: 1_100, leftOutBytes: Number.MAX_SAFE_INTEGER };
  const huge = await monitor.request(await monitor.fetch());
  t.match(huge, { status: "done", ...leftOut }, "larger than any number, they count as far as one goes");
});

t.test("an empty log has come, one that no zip may hold has not", async (t) => {
  const monitor = await startLogMonitor(t);
  monitor.put("../secret.log", "x");
  const id = await monitor.fetch();
  t.match(await monitor.request(id), { status: "failed", failureCode: "nothing_came" }, "no empty period");
  t.match(await pageOf(monitor, id), /Недопустимое имя файла: \.\.\/secret\.log/);
  monitor.server.logs.clear();
  monitor.put("empty.log", "");
  const next = await monitor.fetch();
  t.match(await monitor.request(next), { status: "done", receivedFiles: 1, receivedBytes: 0 });
  t.match(await pageOf(monitor, next), /Получен 1 архив, логов 0 байт/);
});

t.test("a day without logs that can be read does not hide the others, nor they it", async (t) => {
  const monitor = await startWithTwoDays(t);
  monitor.server.misbehave.push(sending({}));
  const id = await monitor.fetch();
  t.match(await monitor.request(id), {
    status: "failed",
    failureCode: "archives_failed",
    failureDetail: "nothing_came",
    receivedFiles: 1,
    receivedBytes: 11_000,
  });
  const page = await pageOf(monitor, id);
  t.match(page, /Получены не все архивы/);
  t.match(page, /POS-сервер не отдал ни одного лога.*Не удалось прочитать на POS-сервере: today\.log/);
});

t.test("a cancelled request counts what is whole, not what was on its way", async (t) => {
  const monitor = await startLogMonitor(t);
  const { posServerId } = monitor;
  const guessed = { plannedFiles: 2, plannedBytes: 9 * MEGABYTE, receivedBytes: 5 * MEGABYTE };
  const id = await addLogRequest(monitor, posServerId, { ...guessed, receivedFiles: 1 });
  await addArchive(monitor, id, { text: "x".repeat(2 * MEGABYTE) });
  const user = await signedIn(monitor, { isAdministrator: true });
  await user.post(`/log-requests/${id}/cancellation`);
  t.match(await monitor.request(id), { status: "cancelled", receivedBytes: 2 * MEGABYTE });
});
