import t from "tap";
import { textOf } from "../helpers/page.ts";
import { kindOf, NO_TRIAL, refuse } from "../helpers/teachable-server.ts";
import { BROKE, DONE, field, formOf, problemsOf, startTeaching } from "./fixtures.ts";

const linesOf = (count: number, pattern: string) =>
  Array.from({ length: count }, (_, at) => `${pattern}${at}`).join("\n");
const REFUSED: [
  what: string,
  steps: string[],
  sent: Record<string, string>,
  problems: Record<string, RegExp>,
][] = [
  [
    "no expression, of any time, or without a word",
    ["save", "try"],
    { succeeded: "done (", failed: "broke (?=x)", attempted: ".+", [field("OK")]: "succeeded" },
    {
      succeeded: /Это не регулярное выражение/,
      failed: /не должно быть просмотра вперёд/,
      attempted: /Слишком общий шаблон/,
      [field("OK")]: /Слишком общий шаблон/,
    },
  ],
  [
    "too many, or too long",
    ["save"],
    { attempted: linesOf(51, "began"), excluded: "x".repeat(1_001) },
    { attempted: /не больше 50/, excluded: /не больше 1000 знаков/ },
  ],
  [
    "more than can be compiled",
    ["save"],
    { succeeded: linesOf(40, "(?:.{1,1000}|)".repeat(60)), failed: linesOf(40, "(?:.?.?){1000}broke") },
    { succeeded: /Слишком сложный шаблон/ },
  ],
];

t.test("patterns are refused beside their fields, and all that was typed is kept", async (t) => {
  const { server, open, send, sets } = await startTeaching(t);
  for (const [what, steps, sent, problems] of REFUSED) {
    const filled = { [field(DONE)]: "succeeded", excluded: "till", scope: "own", ...sent };
    for (const step of steps) {
      const answer = await send(await open(), { ...filled, step });
      t.equal(answer.statusCode, 422, what);
      t.match(problemsOf(answer.body), problems);
      t.match(formOf(answer.body), filled);
    }
  }
  t.same(await sets(), []);
  t.same(server.tried, []);
});

t.test("a success that is a failure too, or nearly every line, is refused at its pattern", async (t) => {
  const { server, save, sets } = await startTeaching(t);
  const contradictions = { count: 5, last: { at: null, text: "SyncJob 6 broke: «x»" } };
  server.trial = { ...server.trial, contradictions };
  const marks = { [field(BROKE)]: "failed", [field(DONE)]: "succeeded" };
  const answer = await save({ ...marks, succeeded: "SyncJob" });
  t.equal(answer.statusCode, 422);
  t.match(problemsOf(answer.body), { succeeded: "Под этот шаблон подходит и строка об ошибке" });
  t.match(textOf(answer.body), /5 строк подходят и под успех, и под ошибку/);

  const succeeded = { count: 80, last: { at: null, text: "SyncJob 7 done in 12 ms" } };
  server.trial = { ...NO_TRIAL, succeeded, lines: 100 };
  const common = await save({ succeeded: "SyncJob|done" });
  t.equal(common.statusCode, 422);
  t.match(problemsOf(common.body), { succeeded: "почти весь лог" });
  t.same(await sets(), []);
  succeeded.count = 75;
  t.equal((await save({ succeeded: "SyncJob|done" })).statusCode, 303);
});

t.test("a pattern that its agent does not take is told beside its field", async (t) => {
  const { server, save, sets } = await startTeaching(t);
  const reason = "/failed/0: 612 instructions, more than 500";
  server.instead.set("POST /v1/log-pattern-trials", refuse(400, "invalid_pattern", reason));
  const answer = await save({ [field(DONE)]: "succeeded", [field(BROKE)]: "failed" });
  t.equal(answer.statusCode, 422);
  t.match(problemsOf(answer.body), { [field(BROKE)]: "не принял такой шаблон" });
  t.match(textOf(answer.body), /Агент отказался.*612 instructions/);
  t.same(await sets(), []);
});

t.test("a success that sounds like a failure is tried, but saved only when that is confirmed", async (t) => {
  const { server, open, send, save, sets } = await startTeaching(t);
  server.kinds.kinds.push(
    kindOf("Round # over", { level: "WARN" }),
    kindOf("Sync done, # errors", { says: { kind: "succeeded", evidence: "guess" } }),
  );
  server.trial = NO_TRIAL;
  const marks = { [field(BROKE)]: "succeeded", [field("Round # over")]: "succeeded" };
  const tried = await send(await open(), { ...marks, step: "try" });
  t.equal(tried.statusCode, 200);
  t.notMatch(tried.body, "problem-confirmed");
  let answer = await save({ ...marks, [field("Sync done, # errors")]: "succeeded" });
  // A tick confirms what was read, and nothing else.
  for (const said of [
    { [field(BROKE)]: "отмечена как успех", [field("Round # over")]: "отмечена как успех" },
    { confirmed: "ни одного успешного" },
  ]) {
    t.equal(answer.statusCode, 422);
    const told = problemsOf(answer.body);
    t.match(told, said);
    t.equal(Object.keys(told).length, Object.keys(said).length);
    t.same(await sets(), []);
    const [, confirmed = ""] = /name="confirmed" value="([^"]*)"/.exec(answer.body) ?? [];
    answer = await send(answer, { confirmed });
  }
  t.equal(answer.statusCode, 303);
  t.equal((await sets()).length, 1);
});
