import t, { type Test } from "tap";
import { createRunFinder, type Fold, type LogEntry } from "../../src/monitor/log-viewer/find-runs.ts";
import { lineKey } from "../../src/monitor/log-viewer/line-key.ts";
import { withFolds } from "../../src/monitor/log-viewer/read-folds.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";
import { prepareTestLog } from "../helpers/prepared-log.ts";

/** Entries by a letter for their first line, with a digit for the trace below it: each takes one line, or two. */
function entriesOf(letters: string): LogEntry[] {
  let line = 0;
  return letters.split(" ").map((name) => {
    const [letter = "", trace] = name;
    const firstLine = line + 1;
    line += trace ? 2 : 1;
    const level = letter === "E" ? "error" : "info";
    const text = letter === "x" || letter === "y" ? `обмен ${letter}` : letter;
    const time = firstLine * 1_000;
    return { firstLine, lastLine: line, time, level, head: lineKey(letter), trace: Number(trace ?? 0), text };
  });
}

function foldsOf(letters: string): Fold[] {
  const folds: Fold[] = [];
  const runs = createRunFinder((fold) => folds.push(fold));
  for (const entry of entriesOf(letters)) runs.add(entry);
  runs.end();
  return folds;
}

function areFolded(t: Test, expected: Record<string, [from: number, to: number, repeats: number][]>): void {
  for (const [letters, folds] of Object.entries(expected)) {
    const found = foldsOf(letters).map(({ firstLine, lastLine, repeats }) => [firstLine, lastLine, repeats]);
    t.same(found, folds, letters);
  }
}

t.test("equal entries in a row are folded after the first, from three upwards", async (t) => {
  areFolded(t, {
    a: [],
    "a a": [],
    "a a b b": [],
    "a a a": [[2, 3, 2]],
    "b a a a a b": [[3, 5, 3]],
    "a a a b b b": [
      [2, 3, 2],
      [5, 6, 2],
    ],
    "a a a b a a a": [
      [2, 3, 2],
      [6, 7, 2],
    ],
  });
});

t.test("entries that take turns are folded likewise, by whole turns", async (t) => {
  areFolded(t, {
    "a b a b": [],
    "a b a b a": [],
    "a b a b a b": [[3, 6, 2]],
    "a b a b a b a c": [[3, 6, 2]],
    "a b c a b c a b c": [[4, 9, 2]],
    "a b c d a b c d a b c d": [[5, 12, 2]],
    "a b c d e a b c d e a b c d e": [],
    "a a b a a b a a b": [[4, 9, 2]],
    "s f s f s f s E s E s E": [
      [3, 6, 2],
      [9, 12, 2],
    ],
  });
});

t.test("nothing is folded whose trace is not shown", async (t) => {
  areFolded(t, {
    "E1 E1 E1": [[3, 6, 2]],
    "E1 E E": [[3, 4, 2]],
    "E E E1 E E1": [[5, 7, 2]],
    "E E E E1 E1 E1": [
      [2, 3, 2],
      [6, 9, 2],
    ],
    "E1 E1 E1 E2 E1": [[3, 6, 2]],
    "E1 E E2 E E2 E1": [[6, 8, 2]],
  });
});

t.test("a fold tells its times, its worst level, and whether it is of exchanges that end well", async (t) => {
  t.match(foldsOf("s E s E s E"), [
    { firstTime: 3_000, lastTime: 6_000, level: "error", isExchanges: false },
  ]);
  t.match(foldsOf("x y x y x y x y"), [{ repeats: 3, level: "info", isExchanges: true }]);
  t.match(foldsOf("x x x"), [{ isExchanges: false }]);
  t.match(foldsOf("x E x E x E"), [{ isExchanges: false }]);
});

t.test("lines that differ in numbers, times and identifiers only have the same key", async (t) => {
  const equal: [string, string][] = [
    ["[2026-11-24 13:42:10,003] INFO [12] — ok", "[2026-11-25 03:02:11,999] INFO [7] — ok"],
    ["заказ 5: 12,50 р.", "заказ 10233: 1 р."],
    ["id 3f2a9c10-aaaa-bbbb-cccc-1234567890ab", "id 00000000-0000-0000-0000-000000000000"],
    ["0x1f 3fa9c1", "0x2e 9bb012"],
    ["тел. +7 916 •••-••-67", "тел. +7 903 •••-••-12"],
    ["с 10.0.0.1:8443", "с 192.168.77.12:1"],
  ];
  for (const [left, right] of equal) t.equal(lineKey(left), lineKey(right), `${left} = ${right}`);
  const different: [string, string][] = [
    ["начат", "завершён"],
    ["«Арбат»", "«Тверская»"],
    ["deface", "facade"],
    ["касса 1", "касса"],
    ["abcdefgh1", "abcdefgh"],
    ["x".repeat(200), `${"x".repeat(200)}y`],
  ];
  for (const [left, right] of different) t.not(lineKey(left), lineKey(right), `${left} ≠ ${right}`);
});

t.test("a line made to hurt takes no longer than others", async (t) => {
  const cpuMs = await cpuTimeOf(() => {
    for (const part of ["a-", "1-", "a1-", "*", "•", "f", "1."]) lineKey(part.repeat(60_000));
  });
  t.ok(cpuMs < 2_000, `${cpuMs} ms`);
});

t.test("folds are found by any of their lines, over many blocks", async (t) => {
  const run = (word: string) => `[2026-11-24 13:00:00,000] INFO [1] — ${word}\n`.repeat(4);
  const words = ["один", "два", "три", "пять", "шесть"];
  const runs = Array.from({ length: 3_000 }, (_, index) => run(words[index % words.length] ?? ""));
  const log = await prepareTestLog(t, runs.join(""));
  t.equal(log.summary.folds.all, 3_000);
  t.ok(log.blocks.length / 7 > 10, "over several blocks");
  await withFolds(log, "all", async (folds) => {
    for (const index of [0, 1, 127, 128, 1_777, 2_999]) {
      const fold = { firstLine: index * 4 + 2, lastLine: index * 4 + 4, repeats: 3 };
      for (const line of [fold.firstLine, fold.firstLine + 1, fold.lastLine]) {
        t.match(await folds.atOrAfter(line), fold);
        t.match(await folds.atOrBefore(line), fold);
      }
      t.match(await folds.atOrAfter(fold.firstLine - 1), fold);
      t.match(await folds.atOrBefore(fold.lastLine + 1), fold);
    }
    t.equal(await folds.atOrBefore(1), null);
    t.equal(await folds.atOrAfter(12_001), null);
  });
});
