import t, { type Test } from "tap";
import { writeLine } from "../../src/monitor/log-patterns/guesses/guessed-lines.ts";
import { NO_PATTERNS } from "../../src/monitor/log-patterns/sets/compose-patterns.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { idsOf, signedIn, textOf } from "../helpers/page.ts";
import { kindOf, NO_TRIAL, startTeachableServer } from "../helpers/teachable-server.ts";

const URL = "/settings/log-patterns/guesses";
const DONE = "Обмен завершён, ревизия #";
const EXAMPLE = "Обмен завершён, ревизия 7";
const BROKE = "Обмен прерван: «…»";
const GUESS = { found: true, evidence: "guess" } as const;

async function startGuessing(t: Test) {
  const monitor = await startMonitor(t);
  const server = await startTeachableServer(t, monitor.clock);
  server.reported = { logs: GUESS };
  server.kinds = {
    lines: 500,
    isCut: false,
    kinds: [
      kindOf(BROKE, { count: 3, level: "ERROR", says: { kind: "failed", evidence: "guess" } }),
      kindOf(DONE, { count: 412, example: EXAMPLE, says: { kind: "succeeded", evidence: "guess" } }),
      kindOf("Цикл # закрыт", { count: 90, says: { kind: "succeeded", evidence: "known" } }),
      kindOf("Касса # ждёт", { count: 5_000 }),
    ],
  };
  server.trial = { ...NO_TRIAL, succeeded: { count: 412, last: null }, failed: { count: 3, last: null } };
  const id = await monitor.addPosServer({ address: server.address, fingerprint: server.fingerprint });
  await monitor.app.pollNow(id);
  const admin = await signedIn(monitor, { isAdministrator: true });
  return { monitor, server, id, admin };
}

async function setsOf({ db }: TestMonitor) {
  const sets = await db.selectFrom("logPatternSet").select("patterns").execute();
  return sets.map(({ patterns }) => JSON.parse(patterns));
}

const LINES = [writeLine({ kind: "succeeded", text: DONE }), writeLine({ kind: "failed", text: BROKE })];

t.test("what works by a guess says so, is counted and found", async (t) => {
  const { monitor, id, admin } = await startGuessing(t);
  const known = await monitor.addPosServer({ name: "Известный" });
  await monitor.report(known, { logs: { evidence: "known" } });
  const failing = await monitor.addPosServer({ name: "Сбойный" });
  await monitor.report(failing, { error: "нет места", logs: GUESS });
  const list = await admin.html("/pos-servers");
  t.match(textOf(list), /1 по общим фразам/, "what fails is not counted");
  t.match(textOf(list), "Обмен 1 POS-сервера известен только по общим фразам лога. Проверить строки");
  const found = await admin.html("/pos-servers?evidence=guess");
  t.same(idsOf(found), [id]);
  t.match(textOf(found), "Обмен известен по общим фразам");
  t.match(await admin.text("/pos-servers?evidence=no"), "Основания «no» нет");
  const page = await admin.text(`/pos-servers/${id}`);
  t.match(page, "Синхронизирован · по общим фразам");
  t.match(page, "словами, которые ещё никто не подтвердил");
  t.notMatch(await admin.text(`/pos-servers/${known}`), "по общим фразам");
  const user = await signedIn(monitor, { organizations: "all" });
  const seen = await user.text("/pos-servers");
  t.match(seen, /1 по общим фразам/);
  t.notMatch(seen, "Проверить строки", "only administrators are asked");
  t.equal((await user.get(URL)).statusCode, 404);
});

t.test("one answer confirms the lines for all, and agents are taught them", async (t) => {
  const { monitor, server, admin } = await startGuessing(t);
  const page = await admin.html(URL);
  t.match(textOf(page), "Вот строки, по которым мы судим: 412 об успехе, 3 об ошибке. Верно?");
  t.match(textOf(page), EXAMPLE);
  t.notMatch(page, /Цикл # закрыт|Касса # ждёт/, "only what is guessed");
  const source = /name="source" value="(\d+)"/.exec(page)?.[1] ?? "";
  const answered = await admin.post(URL, { line: LINES, source, seen: "" });
  t.equal(answered.headers.location, "/settings/log-patterns?notice=confirmed");
  const patterns = {
    ...NO_PATTERNS,
    succeeded: ["Обмен завершён, ревизия \\S+"],
    failed: ["(?<message>Обмен прерван:.*)"],
  };
  t.same(await setsOf(monitor), [patterns]);
  t.same(server.tried, [patterns], "tried on a log before");
  await monitor.app.logPatterns.tick();
  await monitor.app.logPatterns.idle();
  t.same(server.taught, [patterns]);
  t.match(await recordedEvents(monitor.db, "log_patterns_teach"), [{ subject: null }]);
  const again = await admin.post(URL, { line: LINES, source, seen: "" });
  t.equal(again.statusCode, 409, "somebody has taught something meanwhile");
});

t.test("what contradicts itself, or is none of its lines, is not taught", async (t) => {
  const { monitor, server, id, admin } = await startGuessing(t);
  const sent = { line: LINES, source: String(id), seen: "" };
  server.trial = { ...server.trial, contradictions: { count: 2, last: null } };
  const refused = await admin.post(URL, sent);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), /и успех|под успех|ошибк/);
  for (const line of ["succeeded aaaaaaaaaaaa Всё", "excluded x y", "", ".*"])
    t.equal((await admin.post(URL, { ...sent, line })).headers.location, URL, line);
  t.equal((await admin.post(URL, { ...sent, source: "999" })).headers.location, URL);
  t.same(await setsOf(monitor), []);
  server.instead.set("GET /v1/log-kinds", (response) => response.writeHead(500).end());
  monitor.clock.advance(HOUR_MS);
  t.match(await admin.text(URL), "Логи не удалось посмотреть.");
});
