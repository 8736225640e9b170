import t from "tap";
import { findErrorsAround } from "../../src/monitor/log-viewer/find-line.ts";
import {
  countMatches,
  type Direction,
  findText,
  placeOfMatch,
} from "../../src/monitor/log-viewer/find-text.ts";
import { blockCount, type PreparedLog } from "../../src/monitor/log-viewer/prepared-log.ts";
import { prepareTestLog, serviceLog } from "../helpers/viewed-archive.ts";

const LINES = 3_000;
const CONTENT = serviceLog(LINES);
const NEVER = new AbortController().signal;

async function find(log: PreparedLog, text: string, from: number, direction: Direction) {
  return await findText(log, { text, from, direction, onlyErrors: false, signal: NEVER, maxMs: 60_000 });
}

const entry = (level: string, text: string) => `[2026-11-24 13:00:00,000] ${level} [1] — ${text}\n`;
const QUIET = entry("INFO", "ok");

t.test("errors far apart are found, but for near ones that only repeat the one at hand", async (t) => {
  const error = entry("ERROR", "no");
  const apart = await prepareTestLog(t, `${error}${QUIET.repeat(20_000)}${error}`);
  t.same(await findErrorsAround(apart, 10_000), { previous: 1, next: 20_002, upTo: 1 });
  t.same(await findErrorsAround(apart, 1), { previous: null, next: 20_002, upTo: 1 });
  const failed = (text: string) => `${entry("ERROR", text)}  at A.B()\n`;
  const [a, b] = [failed("база занята: 17"), failed("нет связи")];
  const log = await prepareTestLog(t, `${b}${a}${QUIET}${a}${a}${QUIET}${b}${a}`);
  const around = async (line: number) => {
    const { previous, next } = await findErrorsAround(log, line);
    return [previous, next];
  };
  t.same(await around(1), [null, 3]);
  t.same(await around(7), [1, 11], "of the entry");
  t.same(await around(8), [1, 11], "also from its trace");
  t.same(await around(5), [3, 6], "a line of no error passes over none");
  t.same(await around(13), [11, null]);

  const far = await prepareTestLog(t, `${a.repeat(20_000)}${b}`);
  t.equal((await findErrorsAround(far, 1)).next, 3, "the other one is too far away");
});

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
  for (const masked of ["(916) 123-45-67", "123-45", "1234 5678", "70011234"])
    t.same(await find(log, masked, 1, "next"), { kind: "nothing" }, masked);
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
  t.equal(await placeOfMatch(log, counts, 1), null);
  counts = await countMatches(log, wanted, { signal: NEVER, maxMs: 60_000 });
  t.equal(counts.countedBlocks, blockCount(log));
  t.equal(counts.total, 112, "1, 101, 1001 to 1901 by hundreds, 10001 to 19901 likewise");
  const places = { 1: 1, 100: null, 101: 2, 1901: 12, 9001: null, 10001: 13, 19901: 112 };
  for (const [line, place] of Object.entries(places))
    t.equal(await placeOfMatch(log, counts, Number(line)), place, line);

  const common = await countMatches(log, { ...wanted, text: "2026" }, { signal: NEVER, maxMs: 60_000 });
  t.ok(common.total > 10_000 && common.total < 11_000, `${common.total}`);
  t.ok(common.countedBlocks < blockCount(log) / 2);
  t.equal(await placeOfMatch(log, common, 3), 2);
  t.equal(await placeOfMatch(log, common, 29_001), null);
});
