import t from "tap";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { patternOfKind } from "../../src/protocol/taught-pattern.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { signedIn, textOf, unescapeHtml } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";
import { kindOf, NO_TRIAL, refuse } from "../helpers/teachable-server.ts";
import {
  BROKE,
  BROKE_PATTERN,
  DONE,
  DONE_PATTERN,
  field,
  formOf,
  startTeaching,
  teacherOf,
} from "./fixtures.ts";

t.test("from the list to a working exchange: step, lines, trial, what was saved and sent", async (t) => {
  const { monitor, server, admin, url, open, send, sets } = await startTeaching(t);
  const step = new RegExp(`<a[^>]* href="${url}/log-patterns"[^>]*>Разобрать лог</a>`);
  t.match(await admin.html("/pos-servers"), step);
  t.match(await admin.text(url), /не узнаёт в нём обмен.*Разобрать лог/);

  const page = await open();
  t.equal(page.statusCode, 200);
  t.match(page.body, / rows="\d+"/, "a field takes nothing of what its page has");
  const text = textOf(page.body);
  t.ok(text.indexOf(DONE) < text.indexOf("Request # from till #"), "words about exchange come first");
  t.match(text, /SyncJob # done in # ms 212 раз · INFO · последняя 12:57 Пример целиком SyncJob 5 done/);
  t.match(text, /Просмотрена 4 ?321 строка .*Лог больше.*внутри строк — время POS-сервера/);
  t.match(text, /Guest \+7 916 •••-••-67 asked/);
  t.notMatch(page.body, "79161234567");
  const day = { from: "2026-11-23T10:00:00.000Z", to: "2026-11-24T10:00:00.000Z" };
  t.same(Object.fromEntries(server.periods[0] ?? []), day);

  const marks = { [field(DONE)]: "succeeded", [field(BROKE)]: "failed" };
  const tried = await send(page, { ...marks, step: "try" });
  t.equal(tried.statusCode, 200);
  const patterns = { ...NO_PATTERNS, succeeded: [DONE_PATTERN], failed: [BROKE_PATTERN] };
  t.strictSame(server.tried, [patterns]);
  t.match(
    textOf(tried.body),
    /Найдено 212 успешных обменов, последний раз 3 мин назад\. .*Найдено 5 ошибок обмена, последний раз 20 мин назад\. SyncJob 6 broke: guest \+7 916 •••-••-67/,
  );
  t.match(formOf(tried.body), marks);
  t.same(server.taught, []);

  server.reported = { syncedAgoMs: 3 * MINUTE_MS };
  const saved = await send(tried);
  t.equal(saved.statusCode, 303);
  t.equal(saved.headers.location, url);
  t.strictSame(server.taught, [patterns]);
  const after = await admin.text(url);
  t.match(after, /Шаблоны сохранены и отправлены\. Найдено 212 успешных обменов/);
  t.match(after, /Синхронизирован .*Шаблоны логов переданы/);
  t.match(await sets(), [{ posServerId: null, userName: "Анна" }]);
  await changeRows(monitor.db, "posStatus", { clockShiftMs: 60 * MINUTE_MS });
  t.match(formOf((await open()).body), marks, "what is in force is marked");
  t.equal(server.periods.at(-1)?.get("from"), "2026-11-23T09:00:00.000Z", "the day as its clock has it");
  const events = await recordedEvents(monitor.db, "log_patterns_teach");
  t.match(events, [{ userName: "Анна", posServerId: null, result: "done" }]);
});

t.test("how times are written that nobody can read is asked first, by examples", async (t) => {
  const { server, admin, url, open, save, sets } = await startTeaching(t);
  t.notMatch((await open()).body, "Время строк не распознано");
  const { kinds } = server.kinds;
  server.kinds.kinds = [kindOf("# # Cycle # closed", { example: "24112026 100001 Cycle 7 closed" })];
  const asked = (await open()).body;
  t.match(textOf(asked), /Время строк не распознано.* 24112026 100001 Cycle 7 closed .*24112026 100001/);
  t.notMatch(asked, "<select", "what lines mean comes later");
  const chosen = { scope: "own", timestamp: timestampIn(asked, "24112026 100001") };
  t.match((await save({ ...chosen, timestamp: "^x" })).body, "Ничего не отмечено");
  t.equal((await save(chosen)).headers.location, `${url}/log-patterns`);
  const time = { ...NO_PATTERNS, timestamp: chosen.timestamp };
  t.strictSame(server.taught, [time]);

  server.kinds.kinds = kinds;
  t.match((await open()).body, /checked> 24112026 100001</, "what is in force is chosen");
  await save({ ...chosen, [field(DONE)]: "succeeded" });
  t.strictSame(server.taught.at(-1), { ...time, succeeded: [DONE_PATTERN] });
  t.match(await admin.text("/settings/log-patterns"), /2 шаблона .*время строки/);
  await save({ timestamp: "", [field(DONE)]: "nothing" });
  t.strictSame(server.taught.at(-1), NO_PATTERNS, "taken back");
  t.equal((await sets()).length, 3);
});

/** The way to write times that a page offers by an example. */
const timestampIn = (html: string, example: string) =>
  unescapeHtml(new RegExp(`value="([^"]+)"> ${example}<`).exec(html)?.[1] ?? "");

t.test("a time is told beside the patterns of all, which stay as they are", async (t) => {
  const { server, url, open, save, teach } = await startTeaching(t);
  await teach("all", { succeeded: [DONE_PATTERN] });
  server.kinds.kinds = [kindOf("# # Cycle # closed")];
  server.trial = NO_TRIAL;
  const { body } = await open();
  t.equal(formOf(body).scope, "own", "others may write it as usual");
  const timestamp = timestampIn(body, "24.11.2026 10.00.01");
  t.equal((await save({ timestamp })).headers.location, `${url}/log-patterns`);
  t.strictSame(server.taught, [{ ...NO_PATTERNS, succeeded: [DONE_PATTERN], timestamp }]);
});

t.test("a failure stands for other reasons, where nothing else begins as it does", async (t) => {
  const { server, open, save } = await startTeaching(t);
  const kind = (text: string, level = "ERROR", count = 3) =>
    kindOf(text, { count, level, lastAt: new Date(0).toISOString() });
  server.kinds.kinds = [
    kind("Bag # turned back: no seal #"),
    kind("Bag # turned back: no wax: none"),
    kind("Till #: bag lost"),
    kind("Till #: guest asked", "ERROR", 70),
    kind("Bag # came home", "INFO"),
  ];
  await save({
    [field("Bag # came home")]: "succeeded",
    [field("Bag # turned back: no wax: none")]: "failed",
    [field("Till #: bag lost")]: "failed",
  });
  const failed = ["(?<message>Bag \\S+ turned back:.*)", "(?<message>Till \\S+: bag lost)"];
  t.match(server.taught, [{ failed }]);
  const again = formOf((await open()).body);
  t.equal(again[field("Bag # turned back: no seal #")], "failed", "it is covered");
  t.equal(again[field("Till #: guest asked")], "nothing");
});

t.test("only administrators come there, and only where the agent finds logs", async (t) => {
  const { monitor, server, id, admin, url } = await startTeaching(t);
  const user = await signedIn(monitor, { organizations: "all" });
  t.equal((await user.get(`${url}/log-patterns`)).statusCode, 404);
  t.equal((await user.post(`${url}/log-patterns`)).statusCode, 404);
  const page = await user.html(url);
  t.notMatch(page, "/log-patterns");
  t.match(textOf(page), /Это может сделать системный администратор/);

  server.reported = { syncedAgoMs: null, logs: { found: false, unmatched: false } };
  await monitor.app.pollNow(id);
  for (const page of ["/pos-servers", url]) {
    const text = await admin.text(page);
    t.match(text, /Агент не находит логов POS-сервера.*Найти логи/, page);
    t.notMatch(text, "Разобрать лог", page);
  }
});

t.test("patterns are proposed for all where most of the chain reads the same", async (t) => {
  const { monitor, server, id, open, teach } = await startTeaching(t);
  const proposed = async () => formOf((await open()).body).scope;
  t.equal(await proposed(), "all", "nobody can read what most have");
  for (const name of ["Невский", "Садовая"])
    await monitor.report(await monitor.addPosServer({ name }), { logs: { found: true, unmatched: false } });
  t.equal(await proposed(), "own", "most can be read");
  await teach("all", { succeeded: ["SyncJob .+ done"] });
  t.equal(await proposed(), "own", "what all have does not fit its log");
  server.reported = { logs: { found: true, unmatched: false } };
  await monitor.app.pollNow(id);
  t.equal(await proposed(), "all");
});

t.test("an agent that fails is told in words, and nothing is lost", async (t) => {
  const { server, open, save, sets } = await startTeaching(t);
  server.instead.set("POST /v1/log-pattern-trials", refuse(503, "busy"));
  const answer = await save({ [field(DONE)]: "succeeded" });
  t.equal(answer.statusCode, 409);
  t.match(textOf(answer.body), /Агент уже просматривает лог/);
  t.equal(formOf(answer.body)[field(DONE)], "succeeded");
  t.same(await sets(), []);
  server.isOutdated = true;
  t.match(textOf((await open()).body), /Лог не удалось посмотреть\. Агент устарел, обновите его/);
});

t.test("the log of a POS server that is another organization's is neither shown nor taught", async (t) => {
  const { monitor, server, open, send, sets } = await startTeaching(t);
  const begun = await open();
  await monitor.db.updateTable("organization").set({ crmId: "999999" }).execute();

  const page = await open();
  t.match(textOf(page.body), /Лог не удалось посмотреть\. POS-сервер привязан к другой организации/);
  t.notMatch(page.body, "SyncJob");
  const answer = await send(begun, { [field(DONE)]: "succeeded" });
  t.equal(answer.statusCode, 409);
  t.match(textOf(answer.body), /POS-сервер привязан к другой организации/);
  t.notMatch(textOf(answer.body), /Найдено 212/);
  t.same(server.taught, []);
  t.same(await sets(), []);
});

t.test("of a parked POS server nothing is asked nor taught, and a form outlives it", async (t) => {
  const { monitor, server, id, admin, url, open, send, sets } = await startTeaching(t);
  const link = `href="${url}/log-patterns"`;
  t.equal((await admin.html(url)).split(link).length, 4, "step, log and menu");
  const begun = await open();
  await setParked(monitor.db, id, true, monitor.clock());

  t.notMatch(await admin.html(url), link);
  const asked = server.periods.length;
  t.match(textOf((await open()).body), /Лог не удалось посмотреть\. Опрос этого POS-сервера приостановлен/);
  const tried = await send(begun, { [field(DONE)]: "succeeded", step: "try" });
  t.match(textOf(tried.body), /Опрос этого POS-сервера приостановлен/);
  const answer = await send(tried);
  t.equal(answer.statusCode, 409);
  t.equal(formOf(answer.body)[field(DONE)], "succeeded");
  t.match(await monitor.app.logPatterns.sendNow(id), { code: "parked" });
  t.same([server.periods.length, server.tried, server.taught], [asked, [], []]);
  t.same(await sets(), []);

  await setParked(monitor.db, id, false, monitor.clock());
  await send(answer);
  t.strictSame(server.taught.at(-1)?.succeeded, [DONE_PATTERN]);
});

t.test("a form outlives a restart, also of a line that is in the log no longer", async (t) => {
  const { monitor, server, url, open, send } = await startTeaching(t);
  const marks = { [field(DONE)]: "succeeded", [field(BROKE)]: "failed" };
  const marked = await send(await open(), { ...marks, step: "search" });
  await monitor.app.close();
  const again = await startMonitor(t, { dataDir: monitor.dataDir, clock: monitor.clock });
  const later = teacherOf(await signedIn(again, { isAdministrator: true }), url);

  server.isOutdated = true;
  const without = await later.send(marked);
  t.equal(without.statusCode, 409);
  t.equal(formOf(without.body)[field(DONE)], "succeeded", "also while the agent does not answer");

  server.isOutdated = false;
  server.kinds.kinds = server.kinds.kinds.filter(({ text }) => text !== BROKE);
  const searched = await later.send(without, { step: "search" });
  t.equal(formOf(searched.body).failed, patternOfKind(BROKE, true), "it is among those written by hand");
  t.equal((await later.send(searched)).statusCode, 303);
  t.strictSame(server.taught.at(-1)?.failed, [patternOfKind(BROKE, true)]);
});

t.test("without JavaScript the server finds lines, and what was marked in others is kept", async (t) => {
  const { admin, url, open, send } = await startTeaching(t);
  const found = await send(await open(), { [field(DONE)]: "succeeded", q: "TILL", step: "search" });
  t.match(textOf(found.body), /Показано 1 из 5/);
  t.notMatch(found.body, `<select name="${field(DONE)}"`);
  t.equal(formOf(found.body)[field(DONE)], "succeeded");
  const moved = await send(found, { q: "", step: "move" });
  t.match(formOf(moved.body), { succeeded: DONE_PATTERN, [field(DONE)]: "nothing" });
  const reloaded = await admin.get(`${url}/log-pattern-trials`);
  t.equal(reloaded.headers.location, `${url}/log-patterns`);
});
