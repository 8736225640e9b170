import t from "tap";
import { countMatches, matchesUpTo } from "../../src/monitor/log-viewer/count-matches.ts";
import { findErrorsAround, findOtherErrorsAround } from "../../src/monitor/log-viewer/find-line.ts";
import { type Direction, findText } from "../../src/monitor/log-viewer/find-text.ts";
import { blockCount, type PreparedLog } from "../../src/monitor/log-viewer/prepared-log.ts";
import { prepareTestLog } from "../helpers/prepared-log.ts";
import { serviceLog } from "../helpers/viewed-archive.ts";

const LINES = 3_000;
const CONTENT = serviceLog(LINES);
const NEVER = new AbortController().signal;

async function find(log: PreparedLog, text: string, from: number, direction: Direction) {
  return await findText(log, { text, from, direction, onlyErrors: false, signal: NEVER, maxMs: 60_000 });
}

t.test("errors far apart are found", async (t) => {
  const quiet = "[2026-11-24 13:00:00,000] INFO  [1] — ok\n".repeat(20_000);
  const error = "[2026-11-24 13:00:00,000] ERROR [1] — no\n";
  const log = await prepareTestLog(t, `${error}${quiet}${error}`);
  t.same(await findErrorsAround(log, 10_000), { previous: 1, next: 20_002, upTo: 1 });
});

t.test(
  "errors that only repeat others are passed over, whatever stands between, as long as there are others",
  async (t) => {
    const entry = (level: string, text: string) => `[2026-11-24 13:00:00,000] ${level} [1] — ${text}\n`;
    const [a, b, c] = ["база занята: 17", "нет связи", "нет места"].map((text) => entry("ERROR", text));
    const quiet = [entry("INFO", "обмен начат"), entry("INFO", "обмен завершён"), entry("INFO", "чек")];
    const twice = `${a}${quiet[0]}${a}`; // too few to be folded
    const log = await prepareTestLog(
      t,
      `${twice}${quiet.join("")}${a}${b}${quiet[1]}${c}${b}${quiet[2]}${c}`,
    );
    const around = async (line: number) => {
      const { previous, next, isSame } = await findOtherErrorsAround(log, line);
      return [previous, isSame.previous, next, isSame.next];
    };
    t.same(await around(1), [null, true, 8, false]);
    t.same(await around(3), [1, true, 8, false], "nothing else is above it");
    t.same(await around(8), [1, false, 10, false]);
    t.same(await around(10), [8, false, 11, true], "two that alternate are passed over together");
    t.same(await around(13), [8, false, null, true]);
  },
);

t.test("a text is found in any letter case, in both directions, and beyond the end", async (t) => {
  const log = await prepareTestLog(t, CONTENT);
  const cases: [text: string, from: number, direction: Direction, line: number, isWrapped?: boolean][] = [
    ["ОШИБКА 1501", 1, "next", 1_501],
    ["ошибка 1501", 1_501, "next", 1_501, true],
    ["главным Сервером", 1_501, "next", 1_601],
    ["главным сервером", 1_501, "previous", 1_401],
    ["ошибка 2901", 1, "previous", 2_901, true],
    ["ошибка 1", 2_950, "next", 1, true],
    ["главным сервером", 50, "previous", 1],
  ];
  for (const [text, from, direction, line, isWrapped = false] of cases) {
    const found = { kind: "found", line, isWrapped };
    t.same(await find(log, text, from, direction), found, `${text} from ${from}`);
  }
  for (const direction of ["next", "previous"] as const)
    t.same(await find(log, "такого нет", 1_501, direction), { kind: "nothing" });
});

t.test("what is masked is not found", async (t) => {
  const log = await prepareTestLog(t, CONTENT);
  for (const text of ["(916) 123-45-67", "123-45", "1234 5678", "70011234"]) {
    t.same(await find(log, text, 1, "next"), { kind: "nothing" }, text);
  }
  t.match(await find(log, "•••-••-67", 1, "next"), { kind: "found" });
});

t.test("a search ends when its asker has left, and pauses when it takes too long", async (t) => {
  const log = await prepareTestLog(t, CONTENT);
  const leaving = new AbortController();
  leaving.abort();
  const search = {
    text: "такого нет",
    onlyErrors: false,
    from: 1,
    direction: "next",
    maxMs: 60_000,
  } as const;
  await t.rejects(findText(log, { ...search, signal: leaving.signal }), { name: "AbortError" });

  for (const direction of ["next", "previous"] as const) {
    const text = direction === "next" ? "ошибка 2901" : "ошибка 101";
    const wanted = { text, onlyErrors: false, direction, signal: NEVER };
    let from = direction === "next" ? 1 : LINES;
    let found = await findText(log, { ...wanted, from, maxMs: -1 });
    let pauses = 0;
    while (found.kind === "paused") {
      t.ok(direction === "next" ? found.line > from : found.line < from, "it goes on from where it paused");
      from = found.line;
      pauses++;
      found = await findText(log, { ...wanted, from, maxMs: -1 });
    }
    t.ok(pauses > 2);
    t.match(found, { kind: "found", line: direction === "next" ? 2_901 : 101 });
  }
});

t.test("matches are counted a part at a time, and no further than anybody wants to know", async (t) => {
  const log = await prepareTestLog(t, serviceLog(30_000));
  const wanted = { text: "Ошибка 1", onlyErrors: false };
  let counts = await countMatches(log, wanted, { signal: NEVER, maxMs: 0 });
  t.equal(counts.countedBlocks, 0, "there was no time");
  t.same(await matchesUpTo(log, counts, [1]), [null]);
  counts = await countMatches(log, wanted, { signal: NEVER, maxMs: 60_000 });
  t.equal(counts.countedBlocks, blockCount(log));
  t.equal(counts.total, 112, "1, 101, 1001 to 1901 by hundreds, 10001 to 19901 likewise");
  t.same(await matchesUpTo(log, counts, [0, 1, 100, 101, 1_901, 9_000, 10_001, 30_000]), [
    ...[0, 1, 1, 2, 12, 12, 13, 112],
  ]);

  const common = await countMatches(log, { ...wanted, text: "2026" }, { signal: NEVER, maxMs: 60_000 });
  t.ok(common.total > 10_000 && common.total < 11_000, `${common.total}`);
  t.ok(common.countedBlocks < blockCount(log) / 2);
  t.same(await matchesUpTo(log, common, [3, 29_000]), [2, null]);
});
