import t, { type Test } from "tap";
import { type CallFailure, failureOf } from "../../src/monitor/pos-client/calls/failure.ts";
import type { CallOutcome, StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { removeOldHistory } from "../../src/monitor/remove-old-history.ts";
import type { LogExcerpt, LogExcerptOrder } from "../../src/protocol/log-lines.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { pass } from "../helpers/notifications.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { addRow, changeRows, readRow } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { listenWebhook } from "../helpers/webhook-server.ts";

const ERROR = "Нарушена целостность базы (guest_wallet)";

/** The form of a restaurant that keeps the lines of its logs. */
const OBJECTION = { name: "Частный клуб", address: "https://10.8.3.2:8443", fingerprint: "" };

interface Scene extends TestMonitor {
  asked: LogExcerptOrder[];
  /** What the POS server says of itself. */
  status: () => StatusOutcome;
  /** What the agent answers; by default the lines around the error. */
  answer: (order: LogExcerptOrder) => CallOutcome<LogExcerpt> | Promise<CallOutcome<LogExcerpt>>;
  /** Fetches what is due. */
  fetch(): Promise<void>;
}

async function startScene(t: Test): Promise<Scene> {
  const asked: LogExcerptOrder[] = [];
  const client = createScriptedClient(() => scene.status(), {
    async readLogExcerpt(_posServer, order) {
      asked.push(order);
      return scene.answer(order);
    },
  });
  const monitor = await startMonitor(t, { client });
  const scene: Scene = {
    ...monitor,
    asked,
    status: () => received(monitor.clock()),
    answer: (order) => ({ ok: true, value: linesAround(order), receivedAt: monitor.clock() }),
    async fetch() {
      await monitor.app.logExcerpts.tick();
      await monitor.app.logExcerpts.idle();
    },
  };
  return scene;
}

function linesAround({ at, text }: LogExcerptOrder): LogExcerpt {
  const line = (seconds: number, level: string, said: string) => {
    const time = new Date(Date.parse(at ?? "") + seconds * 1000).toISOString();
    return { at: time, level, text: said, isMatch: seconds === 0 };
  };
  return {
    file: "sync.log",
    entries: [
      line(-60, "INFO", "Обмен с главным сервером: начат"),
      line(0, text === "" ? "INFO" : "ERROR", text || "Обмен с главным сервером: успешно завершён"),
      line(10, "INFO", "гость: телефон +7 916 123-45-67, <b>Иванов Иван Петрович</b>"),
      ...[1, 2, 3, 4].map((minute) => line(minute * 60, "ERROR", `Обмен: попытка ${minute}, ошибка`)),
    ],
  };
}

t.test("lines are fetched when an error begins, becomes another one, and ends, once each", async (t) => {
  const scene = await startScene(t);
  const id = await scene.addPosServer();
  await scene.report(id);
  await scene.fetch();
  t.same(scene.asked, [], "while the exchange works nothing is asked");

  const clockAheadMs = 5 * MINUTE_MS;
  const numbered = (line: number) => `${ERROR}, строка ${line}`;
  await scene.report(id, { error: numbered(15), clockAheadMs });
  const at = new Date(scene.clock() - 10_000 + clockAheadMs).toISOString();
  await scene.fetch();
  const around = { before: 10, after: 20, maxBytes: 16_384 };
  t.same(scene.asked, [{ at, text: numbered(15), ...around }], "by the POS server's own clock");
  await scene.report(id, { error: numbered(17), clockAheadMs });
  await scene.fail(id);
  await scene.report(id, { error: numbered(18) });
  await scene.fetch();
  t.equal(scene.asked.length, 1, "the same error is asked for once, through a silence too");

  await scene.report(id, { error: "Нет места на диске" });
  await scene.fetch();
  t.match(scene.asked[1], { text: "Нет места на диске" });
  await scene.report(id, { syncedAgoMs: 0 });
  await scene.fetch();
  t.match(scene.asked[2], { text: "", at: new Date(scene.clock()).toISOString() });
  t.equal(scene.asked.length, 3);
});

t.test("nothing is fetched of whom a setting, its restaurant or a limit exempts", async (t) => {
  const scene = await startScene(t);
  const admin = await signedIn(scene, { isAdministrator: true });
  const parked = await scene.addPosServer({ isParked: true });
  const exempt = await scene.addPosServer({ name: "Частный клуб" });
  t.equal((await admin.post(`/pos-servers/${exempt}`, OBJECTION)).statusCode, 303);
  t.match(await admin.text("/audit"), /Строки лога при сбое/);
  const late = await scene.addPosServer();
  for (const id of [parked, exempt, late]) await scene.report(id, { error: ERROR });
  await changeRows(scene.db, "posServer", { parked: 1 }, { id: late });
  await scene.fetch();
  t.same(scene.asked, [], "nor of one that was parked between the failure and the call");

  const flapping = await scene.addPosServer();
  for (let times = 0; times < 10; times++) {
    await scene.report(flapping, { error: ERROR });
    await scene.report(flapping, { error: "Нет места на диске" });
  }
  await scene.fetch();
  t.equal(scene.asked.length, 4, "an error that changes with every exchange is asked for four times an hour");
  const shown = async () => {
    const page = await admin.html(`/pos-servers/${flapping}`);
    return new URLSearchParams(/log-searches\/new\?[^"]*(text=[^"&]*)/.exec(page)?.[1]).get("text");
  };
  t.equal(await shown(), "Нет места на диске");
  await scene.report(flapping, { error: ERROR });
  t.equal(await shown(), ERROR, "lines of the present error");

  await addRow(scene.db, "setting", { key: "fetchLogLines", value: "false" });
  await scene.report(await scene.addPosServer(), { error: ERROR });
  await scene.fetch();
  t.equal(scene.asked.length, 4);
});

t.test("a failed fetch is tried again for a quarter of an hour; 404 says outdated", async (t) => {
  const scene = await startScene(t);
  const admin = await signedIn(scene, { isAdministrator: true });
  const id = await scene.addPosServer();
  const answerWell = scene.answer;
  const refuse = (failure: CallFailure) => {
    scene.answer = () => ({ ok: false, failure, receivedAt: scene.clock() });
  };
  refuse(failureOf("not_connected", ""));
  await scene.report(id, { error: ERROR });
  await scene.fetch();
  await scene.fetch();
  t.equal(scene.asked.length, 1, "not before a pause");
  t.match(await admin.text(`/pos-servers/${id}`), /Забираем строки вокруг ошибки. Пока не вышло/);
  scene.clock.advance(10_000);
  scene.answer = answerWell;
  await scene.fetch();
  t.match(await admin.text(`/pos-servers/${id}`), /sync\.log, ошибка в/);

  const away = await scene.addPosServer();
  refuse(failureOf("not_connected", ""));
  await scene.report(away, { error: ERROR });
  for (let minute = 0; minute < 20; minute++) {
    await scene.fetch();
    scene.clock.advance(MINUTE_MS);
  }
  const asked = scene.asked.length;
  scene.clock.advance(HOUR_MS);
  await scene.fetch();
  t.equal(scene.asked.length, asked, "then it is given up");
  t.match(await admin.text(`/pos-servers/${away}`), /Строки не получены/);

  const outdated = await scene.addPosServer();
  refuse({ ...failureOf("http_status", "HTTP 404"), status: 404 });
  await scene.report(outdated, { error: ERROR });
  await scene.fetch();
  t.match(await admin.text(`/pos-servers/${outdated}`), /Строки не получены: .*агент.* устарел/i);
});

t.test("agents that have not answered before keep no others waiting", async (t) => {
  const scene = await startScene(t);
  const failure = failureOf("response_timeout", "");
  scene.answer = () => ({ ok: false, failure, receivedAt: scene.clock() });
  for (let count = 0; count < 12; count++) await scene.report(await scene.addPosServer(), { error: ERROR });
  const untilAsked = async (count: number) =>
    await waitFor(async () => {
      await scene.app.logExcerpts.tick();
      return scene.asked.length === count;
    });
  await untilAsked(12);
  await scene.app.logExcerpts.idle();
  scene.clock.advance(MINUTE_MS);
  const hanging = Promise.withResolvers<CallOutcome<LogExcerpt>>();
  scene.answer = () => hanging.promise;
  await untilAsked(12 + 8);
  await scene.report(await scene.addPosServer(), { error: "Нет места на диске" });
  await untilAsked(12 + 8 + 1);
  t.equal(scene.asked.at(-1)?.text, "Нет места на диске");
  hanging.resolve({ ok: false, failure, receivedAt: scene.clock() });
  await scene.app.logExcerpts.idle();
});

t.test("page, incident and the dialog of the reset show the lines, without guests and as text", async (t) => {
  const scene = await startScene(t);
  const { db } = scene;
  const id = await scene.addPosServer();
  const elsewhere = await scene.addOrganization("Кофе и точка");
  const manager = await signedIn(scene, { organizations: [1] });
  const other = await signedIn(scene, { organizations: [elsewhere] });
  await scene.report(id, { error: ERROR });
  await scene.fetch();
  const { id: incidentId } = await readRow(db, "incident");
  const pages = [`/pos-servers/${id}`, `/incidents/${incidentId}`, `/pos-servers/${id}/database-resets/new`];
  for (const url of pages) {
    const html = await manager.html(url);
    t.match(
      html,
      /<li class="log-entry" data-level="error" data-match="failure">[\s\S]*?Нарушена целостность/,
    );
    t.match(html, "+7 916 •••-••-67");
    t.match(html, "ещё 3 похожие записи", "repeats are folded");
    t.notMatch(html, /<b>«…»|Иванов|123-45/, "nothing of a guest, and no markup of a log");
    t.equal((await other.get(url)).statusCode, 404);
  }
  t.match(await manager.html(`/pos-servers/${id}`), `/log-searches/new?posServer=${id}&amp;text=`);

  await scene.fail(id);
  t.match(await manager.html(`/pos-servers/${id}`), /data-match/, "a silence leaves them");
  for (let count = 0; count < 4; count++) await scene.fail(await scene.addPosServer({ organizationId: 1 }));
  const common = await db.selectFrom("incident").select("id").where("kind", "=", "common").execute();
  const silence = await manager.text(`/incidents/${common[0]?.id}`);
  t.match(silence, "POS-сервер не отвечает");
  t.notMatch(silence, /ошибка в|Нарушена/, "no lines of another cause");
  scene.clock.advance(MINUTE_MS);
  await scene.report(id, { syncedAgoMs: 0 });
  await scene.fetch();
  t.match(await manager.text(`/pos-servers/${id}`), /sync\.log, обмен восстановлен в/);
  t.match(await manager.text(`/incidents/${incidentId}`), /ошибка в[\s\S]*восстановлен в/, "it keeps both");
  scene.clock.advance(2 * HOUR_MS);
  await scene.report(id);
  t.notMatch(await manager.text(`/pos-servers/${id}`), /Строки лога/);

  t.match(await removeOldHistory(db, scene.clock()), { excerpts: 0 });
  scene.clock.advance(31 * 24 * HOUR_MS);
  t.match(await removeOldHistory(db, scene.clock()), { excerpts: 2 }, "kept as long as logs are");
});

t.test("lines of another POS server are not kept, and all go when a restaurant objects", async (t) => {
  const scene = await startScene(t);
  const id = await scene.addPosServer({ name: "Частный клуб", address: "https://10.8.3.2:8443" });
  await scene.report(id);
  await scene.report(id, { error: ERROR });
  const ours = scene.status;
  scene.status = () => failed(scene.clock(), "wrong_crm_id");
  await scene.fetch();
  const kept = () => scene.db.selectFrom("logExcerpt").select(["entries", "failureCode"]).execute();
  t.match(await kept(), [{ entries: null, failureCode: "wrong_crm_id" }]);

  scene.status = ours;
  await scene.report(id, { error: "Нет места на диске" });
  await scene.fetch();
  t.match(await kept(), [{ entries: null }, { entries: Uint8Array, failureCode: null }]);
  const admin = await signedIn(scene, { isAdministrator: true });
  t.equal((await admin.post(`/pos-servers/${id}`, OBJECTION)).statusCode, 303);
  t.same(await kept(), []);
});

t.test("messages have lines only where the channel says so", async (t) => {
  const scene = await startScene(t);
  const id = await scene.addPosServer();
  const admin = await signedIn(scene, { isAdministrator: true });
  const { origin, calls } = await listenWebhook(t);
  for (const sendsLogLines of ["", "1"]) {
    const path = `/lines${sendsLogLines}`;
    const webhook = { kind: "webhook", name: path, url: `${origin}${path}`, secret: "0123456789abcdef" };
    const words = { scope: "shared", language: "ru", timeZone: "Europe/Moscow", withRule: "yes" };
    const form = { ...webhook, ...words, ...(sendsLogLines && { sendsLogLines }) };
    const made = await admin.post("/channels", form);
    const page = await admin.text(String(made.headers.location));
    t.equal(/Строки лога\s*отправляются вместе с ошибкой/.test(page), sendsLogLines === "1");
  }
  await scene.report(id, { error: ERROR });
  await scene.fetch();
  await pass(scene, 11 * MINUTE_MS);
  const said = new Map(calls.map(({ url, body }) => [url, JSON.parse(String(body)).text as string]));
  t.match(
    said.get("/lines1"),
    /Строки лога, «Тверская, 1», sync\.log:\n\d\d:\d\d:\d\d INFO Обмен[^\n]*\n\d\d:\d\d:\d\d ERROR Нарушена/,
  );
  t.notMatch(said.get("/lines1"), /Иванов|123-45/);
  t.type(said.get("/lines"), "string");
  t.notMatch(said.get("/lines"), /Строки лога|sync\.log/);
});
