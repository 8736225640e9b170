import t, { type Test } from "tap";
import { foldLines } from "../../src/monitor/log-viewer/fold-lines.ts";
import { lineKey } from "../../src/monitor/log-viewer/line-key.ts";
import type { PreparedLine } from "../../src/monitor/log-viewer/prepared-log.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

/** Entries by a letter for their first line, with a letter for the trace below it: each takes one line, or two. */
function linesOf(entries: string): PreparedLine[] {
  return entries
    .split(" ")
    .flatMap(([head = "", trace = ""]) => [
      { text: head, isHead: head !== "-" },
      ...(trace ? [{ text: trace, isHead: false }] : []),
    ])
    .map((line, index) => ({ ...line, number: index + 1, cutBytes: 0, level: "info", time: null }));
}

function areFolded(t: Test, expected: Record<string, [from: number, to: number, entries: number][]>): void {
  for (const [entries, folds] of Object.entries(expected)) {
    const rows = foldLines(linesOf(entries));
    const found = rows.flatMap((row) =>
      row.kind === "fold" ? [[row.lines[0].number, row.lines.at(-1)?.number, row.entries]] : [],
    );
    t.same(found, folds, entries);
    const shown = rows.flatMap((row) => (row.kind === "fold" ? row.lines : row.line));
    t.same(shown, linesOf(entries), "no line is lost");
  }
}

t.test("equal entries in a row, or in turns, are folded after the first, from three upwards", async (t) => {
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
  // By whole turns.
  areFolded(t, {
    "a b a b": [],
    "a b a b a": [],
    "a b a b a b": [[3, 6, 4]],
    "a b a b a b a c": [[3, 6, 4]],
    "a b c a b c a b c": [[4, 9, 6]],
    "a b c d a b c d a b c d": [[5, 12, 8]],
    "a b c d e a b c d e a b c d e": [],
    "a a b a a b a a b": [[4, 9, 6]],
    "s f s f s f s e s e s e": [
      [3, 6, 4],
      [9, 12, 4],
    ],
  });
  // An entry with another trace is another one; without entries every line is one.
  areFolded(t, {
    "ex ex ex": [[3, 6, 2]],
    "ex e e": [],
    "ex ex ex ey ex": [[3, 6, 2]],
    "- - - a": [[2, 3, 2]],
    "a - - -": [],
  });
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
