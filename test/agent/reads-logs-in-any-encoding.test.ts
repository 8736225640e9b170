import iconv from "iconv-lite";
import t from "tap";
import { MAX_LINE_BYTES } from "../../src/agent/sync-log/read-blocks-backwards.ts";
import { failedLine, makeLogFolder, minutesAgo, otherLine, succeededLine } from "../helpers/log-folder.ts";

const MESSAGE = "нарушена целостность базы: «Ёж», №7";
const MANY_LINES = 5_000;

const ENCODINGS = [
  { name: "UTF-8", iconvName: "utf8", addBOM: false },
  { name: "UTF-8 with byte order mark", iconvName: "utf8", addBOM: true },
  { name: "Windows-1251", iconvName: "win1251", addBOM: false },
  { name: "UTF-16 with byte order mark", iconvName: "utf16le", addBOM: true },
];

for (const { name, iconvName, addBOM } of ENCODINGS) {
  for (const lineEnd of ["\n", "\r\n"]) {
    t.test(`${name}, line ends ${JSON.stringify(lineEnd)}`, async (t) => {
      const folder = makeLogFolder(t);
      const encode = (text: string, isFileStart = false) =>
        iconv.encode(text.replaceAll("\n", lineEnd), iconvName, { addBOM: addBOM && isFileStart });
      await folder.write(encode(failedLine(minutesAgo(9), MESSAGE), true));
      const log = await folder.follow();
      t.match(await log.read(), { error: { at: minutesAgo(9), message: MESSAGE } }, "in the first line");

      await folder.write(encode(otherLine(minutesAgo(8)).repeat(MANY_LINES)));
      await folder.write(encode(failedLine(minutesAgo(7), `${MESSAGE}!`)));
      t.match(await log.read(), { error: { at: minutesAgo(7), message: `${MESSAGE}!` } }, "added");

      await folder.write(encode(otherLine(minutesAgo(6)).repeat(MANY_LINES)));
      const restarted = await (await folder.follow()).read();
      t.match(restarted, { error: { at: minutesAgo(7), message: `${MESSAGE}!` } }, "many blocks back");
    });
  }
}

t.test("a damaged byte, or a file that changes its encoding, spoils no other line", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(failedLine(minutesAgo(9), MESSAGE));
  await folder.write(Buffer.from([0xff, 0xd0, 0x0a]));
  const log = await folder.follow();
  t.match(await log.read(), { error: { message: MESSAGE } });
  await folder.write(iconv.encode(succeededLine(minutesAgo(5)), "win1251"));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(5), error: null });
});

t.test("a configured encoding is not guessed", async (t) => {
  const folder = makeLogFolder(t, { encoding: "windows-1251", failed: ["РћС€РёР±РєР° (?<message>.+)"] });
  await folder.write("[2026-11-24 10:00:00,000] Ошибка x\n");
  t.match(await (await folder.follow()).read(), { error: { message: "x" } });
});

t.test("of a huge line only the beginning counts, and it hides no other line", async (t) => {
  const folder = makeLogFolder(t);
  const huge = "я".repeat(10 * MAX_LINE_BYTES);
  await folder.write(succeededLine(minutesAgo(9)));
  await folder.write(failedLine(minutesAgo(8), huge));
  await folder.write(`${huge}\n`);
  const { error } = await (await folder.follow()).read();
  t.equal(error?.at, minutesAgo(8));
  t.match(error?.message, /^я{1999}…$/);
});

t.test("a huge line without an end is not waited for, nor read again", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(
    succeededLine(minutesAgo(9)) + failedLine(minutesAgo(8), "y".repeat(3 * MAX_LINE_BYTES)).trimEnd(),
  );
  const log = await folder.follow();
  const failure = { error: { at: minutesAgo(8), message: /^y{1999}…$/ } };
  t.match(await log.read(), failure);
  const bytes = log.totalBytesRead();
  await folder.write(`${"y".repeat(1000)}\n`);
  t.match(await log.read(), failure);
  t.equal(log.totalBytesRead(), bytes + 1001);
  await folder.write(succeededLine(minutesAgo(3)));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(3), error: null });
});
