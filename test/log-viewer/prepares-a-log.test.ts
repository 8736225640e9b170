import iconv from "iconv-lite";
import t from "tap";
import { readLines } from "../../src/monitor/log-viewer/prepared-log.ts";
import { prepareTestLog } from "../helpers/viewed-archive.ts";

const TEXT =
  "[2026-11-24 13:42:10,003] ERROR [12] — Ошибка\r\nвторая строка\r\n\r\nконец без перевода строки";
const LINES = [
  "[2026-11-24 13:42:10,003] ERROR [12] — Ошибка",
  "вторая строка",
  "",
  "конец без перевода строки",
];

/** In parts of one byte, so that every character and line end is cut somewhere. */
function byteByByte(bytes: Buffer): Buffer[] {
  return [...bytes].map((byte) => Buffer.from([byte]));
}

t.test("a log is read in every encoding, wherever its parts are cut", async (t) => {
  const encodings: Record<string, Buffer> = {
    "UTF-8": Buffer.from(TEXT),
    "UTF-8 with a mark": Buffer.from(`\uFEFF${TEXT}`),
    "Windows-1251": iconv.encode(TEXT.replace("—", "-"), "windows-1251"),
    "UTF-16": iconv.encode(TEXT, "utf-16le", { addBOM: true }),
    "UTF-16, the other way round": iconv.encode(TEXT, "utf-16be", { addBOM: true }),
  };
  for (const [name, bytes] of Object.entries(encodings)) {
    for (const content of [bytes, byteByByte(bytes)]) {
      const log = await prepareTestLog(t, content);
      const lines = await readLines(log, 1, 10);
      const texts = lines.map(({ text }) => text.replace("[12] -", "[12] —"));
      t.same(texts, LINES, name);
      const levels = lines.map(({ number, level }) => `${number} ${level}`);
      t.same(levels, ["1 error", "2 error", "3 error", "4 error"]);
      t.match(log.summary, { lines: 4, errors: 1, lastErrorLine: 1 });
    }
  }
});

t.test("a file may be empty, have no line end, or nothing but line ends", async (t) => {
  for (const [content, lines] of [
    ["", []],
    ["x", ["x"]],
    ["x\n", ["x"]],
    ["\n\n", ["", ""]],
  ] as const) {
    const log = await prepareTestLog(t, content);
    t.equal(log.summary.lines, lines.length);
    const texts = (await readLines(log, 1, 10)).map(({ text }) => text);
    t.same(texts, lines);
  }
});

t.test("numbers of guests are not kept, and what cannot be seen is made visible", async (t) => {
  const log = await prepareTestLog(t, "a\u001b[31m +7 (916) 123-45-67 \u202E\u0000\u0001 b\tc\rd\n");
  const [line] = await readLines(log, 1, 1);
  t.equal(line?.text, "a␛[31m +7 916 •••-••-67 ⟨U+202E⟩␀␁ b\tc␍d");
  t.equal(line?.cutBytes, 0);
  const halved = await prepareTestLog(t, `${"x".repeat(64 * 1024 - 8)} +7 916 123-45-67 and more\n`);
  t.match((await readLines(halved, 1, 1))[0]?.text.slice(-10), /^x+$/, "nor half of one");
  const split = await prepareTestLog(t, "id 8916\n1234567\n+7 916\n123-45-67\n4111 1111\n1111 1111\n");
  const texts = (await readLines(split, 1, 10)).map(({ text }) => text);
  t.notMatch(texts.join("|"), "•", "what stands on two lines is none");
});

t.test("a line without an end is cut and takes no memory; those after it keep their numbers", async (t) => {
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  const parts = [
    Buffer.from("first\n"),
    ...Array.from({ length: 40 }, () => megabyte),
    Buffer.from("\nlast\n"),
  ];
  const log = await prepareTestLog(t, parts);
  const lines = await readLines(log, 1, 10);
  const lengths = lines.map(({ text }) => text.length);
  t.same(lengths, [5, 64 * 1024, 4]);
  t.equal(lines[1]?.cutBytes, 40 * 1024 * 1024 - 64 * 1024);
  t.equal(lines[2]?.text, "last");
  t.ok(log.summary.bytes < 100 * 1024, "the rest is not kept");
});
