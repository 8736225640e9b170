import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";
import { compileTaught, type TaughtRules } from "../../src/agent/sync-log/log-reading.ts";
import type { TaughtPatterns } from "../../src/protocol/log-patterns.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

const matcherOf = async (ownLogs: object, taught: TaughtRules | null = null) => {
  const { logs } = await parseAgentConfig({ dataDirectory: "/data", logs: ownLogs }, "/");
  return createExchangeMatcher({ ...logs, taught });
};
const matcher = await matcherOf({});

/** The styles of real lines. */
const HEADERS = [
  "[2026-11-24 13:42:10,003] INFO  [12] — ",
  "[2026-11-24 13:42:10,003]  INFO [ 1] - ",
  "[2026-11-24 13:42:10,003]  WARN [Event Loop 1] - ",
  "[2026-11-24 13:42:10,003] DEBUG [50] [TaskLoop:RunAsync:59] - ",
];
/** What a text is taken for: one kind, whatever stands before it. */
const kindsOf = (text: string) => [...new Set(HEADERS.map((head) => matcher.match(head + text)?.kind))];
const messageOf = (text: string) => matcher.match(`[2026-11-24 13:42:10,003] ERROR [12] — ${text}`)?.message;

t.test("the message is what failed", async (t) => {
  const reason = "Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)";
  t.equal(messageOf(`Обмен с главным сервером: ошибка: ${reason}`), reason);
  t.equal(messageOf("Ошибка при синхронизации с сервером: тайм-аут 30 с"), "тайм-аут 30 с");
  t.equal(messageOf("Synchronization failed: connection reset"), "connection reset");
  t.equal(messageOf("Обмен завершён с ошибкой"), "Обмен завершён с ошибкой");
  t.equal(messageOf("Не удалось выполнить обмен: нет связи"), "нет связи");
  t.equal(messageOf("Failed to exchange with https://main:443: connection refused"), "connection refused");
  t.equal(messageOf("Exchange failed: waiting for a lock"), "waiting for a lock", "also what says nothing");
  t.equal(messageOf("Sync completed, errors: 12"), "Sync completed, errors: 12", "never a bare number");
});

t.test("what is logged as an error about an exchange is one, the name of a class says nothing", async (t) => {
  t.equal(matcher.match("   в iikoCard5.Pos.Exchange.ExchangeSession.Run(CancellationToken token)"), null);
  t.equal(matcher.match("   at iikoCard5.Pos.Exchange.SyncJob.HandleError(Exception error)"), null);
  const match = (text: string) => matcher.match(`[2026-11-24 13:42:10,003] ${text}`);
  t.equal(match("ERROR [50] [SyncJob:Execute:59] - The operation has timed out"), null);
  t.equal(match("ERROR [50] [SyncErrorHandler:Init:12] - Handler registered"), null);
  t.same(match("ERROR [Event Loop 1] - Exchange session: remote host closed the connection"), {
    kind: "failed",
    message: "Exchange session: remote host closed the connection",
    isGuess: true,
  });
  for (const thread of ["50", " 0"])
    t.match(
      match(`ERROR [${thread}] [Timer:Execute:59] - Exchange session: closed by the server`),
      { kind: "failed", message: "Exchange session: closed by the server" },
      "the number of a thread is not one of errors",
    );
  t.equal(match(" WARN [50] [SyncJob:Execute:59] - Slow answer"), null);
  t.equal(match("ERROR [50] [GuestFinder:FindAsync:59] - Guest is unknown"), null);
});

t.test("a message is one printable line of 2,000 characters, cut between characters", async (t) => {
  const failed = (message: string) => messageOf(`Ошибка синхронизации: ${message}`) ?? "";
  t.equal(failed("a\u0000b\u001b[31m\tc"), "a b [31m c");
  t.equal(failed("я".repeat(5000)).length, 2000);
  const withPairs = failed("😀".repeat(5000));
  t.ok(withPairs.length <= 2000 && withPairs.isWellFormed());
});

t.test("no half of a guest's number is left where a line is cut", async (t) => {
  for (let length = 4_030; length <= 4_060; length += 1) {
    const text = `${"x".repeat(2_499)}. Main sync failed: ${"я".repeat(length - 2_519)} +79161234567, найден`;
    const message = messageOf(text) ?? "";
    t.match(message, /^я/);
    t.notMatch(message, /9161?2?3?4?5?6?$/, `cut after ${length}`);
  }
});

t.test("of many words only the first are read, and none left out takes a success back", async (t) => {
  const rest = "Package 7. ".repeat(200);
  t.same(kindsOf(`Обмен с главным сервером завершён успешно. ${rest.slice(0, 100)}`), ["succeeded"]);
  t.same(kindsOf(`Обмен с главным сервером завершён успешно. ${rest}`), [undefined]);
  t.same(kindsOf(`Ошибка обмена с главным сервером: нет ответа. ${rest}`), ["failed"]);
  t.same(kindsOf(`Ошибка обмена с главным сервером ${"и обмена ".repeat(200)}`), [undefined]);
});

t.test("lines made to hurt do not make the patterns slow", async (t) => {
  const pieces = [
    "обмен",
    "обмен ",
    "ошибка ",
    "обмен ошибка ",
    "sync ",
    "error sync ",
    "sync 1%",
    "wait sync ",
    "обмен завершён ",
    "загрузка обмен ",
    "sync done 1 of ",
    "sync a1 ",
    "sync: ok, sent 0 errors ",
  ];
  for (const piece of pieces) {
    const line = HEADERS[0] + piece.repeat((64 * 1024) / piece.length);
    const cpuMs = await cpuTimeOf(() => matcher.match(line));
    t.ok(cpuMs < 500, `${piece}: ${cpuMs} ms`);
  }
});

t.test("patterns of one's own count for themselves, built-in ones stand in for missing lists", async (t) => {
  const own = await matcherOf({ succeeded: ["цикл \\d+ закрыт, ожидание"] });
  t.match(own.match("цикл 7 закрыт, ожидание 60 с"), { kind: "succeeded" }, "nothing of it is excluded");
  t.equal(own.match("Exchange finished"), null);
  t.match(own.match("Exchange failed: timeout"), { kind: "failed", message: "timeout" });
  const excluding = await matcherOf({ succeeded: ["цикл \\d+ закрыт"], excluded: ["цикл 0 закрыт"] });
  t.equal(excluding.match("цикл 0 закрыт"), null);
  t.match(excluding.match("цикл 0 закрыт, цикл 1 закрыт"), { kind: "succeeded" });
  const beside = await matcherOf({ excluded: ["учебн\\p{L}+ обмен"] });
  t.equal(beside.match("Учебный обмен завершён"), null);
  t.match(beside.match("Обмен завершён, ошибок: 0"), { kind: "succeeded" });
  t.equal(beside.match("Последний обмен завершён"), null, "what general phrases exclude stays excluded");
  t.equal((await matcherOf({ attempted: [], succeeded: [], failed: [] })).match("Exchange failed"), null);
});

const TAUGHT_NOTHING = { attempted: [], succeeded: [], failed: [], excluded: [] };
const taughtMatcher = async (ownLogs: object, lists: Partial<TaughtPatterns>) => {
  const { match } = await matcherOf(ownLogs, compileTaught({ ...TAUGHT_NOTHING, ...lists }));
  return (text: string) => match(`${HEADERS[1]}${text}`)?.kind;
};

t.test("a taught pattern is looked for in the text of a line, not where that would take long", async (t) => {
  const whole = await taughtMatcher({}, { succeeded: ["^Cycle \\S+ closed$"] });
  t.equal(whole("Cycle 7 closed"), "succeeded");
  t.equal(whole("Cycle 7 closed early"), undefined);
  t.equal(whole("Second Cycle 7 closed"), undefined);
  const says = await taughtMatcher({}, { succeeded: ["Cycle \\S+ closed"] });
  t.equal(says(`${"x".repeat(2_000)} Cycle 7 closed`), "succeeded");
  t.equal(says(`${"x".repeat(2_048)} Cycle 7 closed`), undefined);
});

t.test("what the configuration calls a failure stays one, unless it is excluded", async (t) => {
  const own = { failed: ["cycle \\d+ dropped"], excluded: ["cycle 0 \\p{L}+"] };
  const says = await taughtMatcher(own, {
    attempted: ["Cycle 8 dropped"],
    succeeded: ["Cycle \\S+ (?:dropped|closed)"],
    excluded: ["test"],
  });
  t.equal(says("Cycle 7 dropped"), "failed");
  t.equal(says("Cycle 8 dropped"), "failed");
  t.equal(says("Cycle 7 closed"), "succeeded");
  t.equal(says("Cycle 7 dropped in a test"), undefined, "excluded where it is taught");
  t.equal(says("Cycle 0 dropped"), undefined, "excluded where it is configured");
  t.equal(says("Cycle 0 closed"), undefined, "also for what is taught");
});

t.test("a line that is a failure to anybody is never taught to be anything better", async (t) => {
  const taught = { attempted: ["Exchange failed, repeating"], succeeded: ["^Exchange .+", "cycle \\S+ .+"] };
  const byPhrases = await taughtMatcher({}, taught);
  t.equal(byPhrases("Exchange number 7 is through"), "succeeded");
  t.equal(byPhrases("Exchange failed: timeout"), "failed", "to general phrases");
  t.equal(byPhrases("Exchange finished with 3 errors"), "failed");
  t.equal(byPhrases("Exchange failed, repeating"), "failed", "nor is it an attempt");
  t.equal(byPhrases("Exchange finished, errors: 0"), "succeeded");
  const byConfiguration = await taughtMatcher({ failed: ["cycle \\d+ dropped"] }, taught);
  t.equal(byConfiguration("cycle 7 dropped"), "failed", "to a configuration");
  t.equal(byConfiguration("cycle 7 closed"), "succeeded");
  const byTeaching = await taughtMatcher({ succeeded: ["cycle \\d+"] }, { failed: ["cycle \\d+ dropped"] });
  t.equal(byTeaching("cycle 7 dropped"), "failed", "to what was taught");
  t.equal(byTeaching("cycle 7 closed"), "succeeded");

  t.equal(byPhrases("Exchange 7 ended, failed: 2"), "failed");
  const excluding = await taughtMatcher({ excluded: ["failed: \\d"] }, taught);
  t.equal(excluding("Exchange 7 ended, failed: 2"), "succeeded", "unless a configuration excludes it");
});

t.test("what is no failure of the exchange, whatever it sounds like", async (t) => {
  for (const text of [
    "ERROR [ 1] - Обмен с ЕГАИС: ошибка: нет связи",
    "ERROR [ 1] - Обмен с 1С не удался",
    " INFO [ 1] - Обмен восстановлен после ошибки",
    " INFO [ 1] - Sync errors since start: 0",
    " INFO [ 1] - on error retry sync in 30 s",
    "ERROR [ 1] - Exchange test failed",
    "ERROR [ 1] - update sync set status = 'failed' where id = 5",
    " WARN [ 1] - Price sync failed: no file",
  ])
    t.not(matcher.match(`[2026-11-24 13:42:10,003] ${text}`)?.kind, "failed", text);
});
