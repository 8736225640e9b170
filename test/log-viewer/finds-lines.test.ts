import t from "tap";
import { countMatches, matchesUpTo } from "../../src/monitor/log-viewer/count-matches.ts";
import { findErrorsAround, findTime } from "../../src/monitor/log-viewer/find-line.ts";
import { type Direction, findText } from "../../src/monitor/log-viewer/find-text.ts";
import { blockCount, type PreparedLog, readLines } from "../../src/monitor/log-viewer/prepared-log.ts";
import { prepareTestLog } from "../helpers/prepared-log.ts";
import { serviceLog } from "../helpers/viewed-archive.ts";

const LINES = 3_000;
const CONTENT = serviceLog(LINES);
const NEVER = new AbortController().signal;

async function find(log: PreparedLog, text: string, from: number, direction: Direction) {
  return await findText(log, { text, from, direction, onlyErrors: false, signal: NEVER, maxMs: 60_000 });
}

t.test("lines are read from anywhere, each with the level of its entry", async (t) => {
  const log = await prepareTestLog(t, CONTENT);
  t.ok(blockCount(log) > 5, "over several blocks");
  for (const from of [1, 2, 399, 1_000, 2_502, LINES]) {
    const lines = await readLines(log, from, from + 500);
    t.equal(lines[0]?.number, from);
    t.equal(lines.length, Math.min(501, LINES - from + 1));
    const wrong = lines.filter(({ number, level, isHead }) => {
      const isTrace = number % 100 === 2;
      return isHead === isTrace || ((isTrace || number % 100 === 1) && level !== "error");
    });
    t.same(wrong, [], `from ${from}`);
  }
});

t.test("the errors before and after a line are found", async (t) => {
  const log = await prepareTestLog(t, CONTENT);
  t.equal(log.summary.errors, 30);
  t.equal(log.summary.lastErrorLine, 2_901);
  t.same(await findErrorsAround(log, 1), { previous: null, next: 101, upTo: 1 });
  t.same(await findErrorsAround(log, 2), { previous: 1, next: 101, upTo: 1 });
  t.same(await findErrorsAround(log, 1_501), { previous: 1_401, next: 1_601, upTo: 16 });
  t.same(await findErrorsAround(log, 2_901), { previous: 2_801, next: null, upTo: 30 });
  t.same(await findErrorsAround(log, LINES), { previous: 2_901, next: null, upTo: 30 });
});

t.test("errors far apart are found", async (t) => {
  const quiet = "[2026-11-24 13:00:00,000] INFO  [1] — ok\n".repeat(20_000);
  const error = "[2026-11-24 13:00:00,000] ERROR [1] — no\n";
  const log = await prepareTestLog(t, `${error}${quiet}${error}`);
  t.same(await findErrorsAround(log, 10_000), { previous: 1, next: 20_002, upTo: 1 });
});

t.test("a time leads to the first entry at it or after it", async (t) => {
  const log = await prepareTestLog(t, CONTENT);
  const start = Date.UTC(2026, 10, 24, 9);
  t.equal(await findTime(log, start + 1_000_000), 1_000);
  t.equal(await findTime(log, start + 1_002_000), 1_003, "line 1,002 is a stack trace");
  t.equal(await findTime(log, start - 1), 1);
  t.equal(await findTime(log, start + 86_400_000), LINES);
});

t.test(
  "a text is found in any letter case, in both directions, and beyond the end of the file",
  async (t) => {
    const log = await prepareTestLog(t, CONTENT);
    t.same(await find(log, "ОШИБКА 1501", 1, "next"), { kind: "found", line: 1_501, isWrapped: false });
    t.same(await find(log, "ошибка 1501", 1_501, "next"), { kind: "found", line: 1_501, isWrapped: true });
    t.same(await find(log, "главным Сервером", 1_501, "next"), {
      kind: "found",
      line: 1_601,
      isWrapped: false,
    });
    t.same(await find(log, "главным сервером", 1_501, "previous"), {
      kind: "found",
      line: 1_401,
      isWrapped: false,
    });
    t.same(await find(log, "ошибка 2901", 1, "previous"), { kind: "found", line: 2_901, isWrapped: true });
    t.same(await find(log, "ошибка 1", 2_950, "next"), { kind: "found", line: 1, isWrapped: true });
    t.same(await find(log, "главным сервером", 50, "previous"), { kind: "found", line: 1, isWrapped: false });
    t.same(await find(log, "такого нет", 1_501, "next"), { kind: "nothing" });
    t.same(await find(log, "такого нет", 1_501, "previous"), { kind: "nothing" });
  },
);

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
