import { appendFile, truncate } from "node:fs/promises";
import iconv from "iconv-lite";
import t from "tap";
import { MAX_LINE_BYTES } from "../../src/agent/sync-log/read-blocks-backwards.ts";
import {
  attemptedLine,
  failedLine,
  makeLogFolder,
  minutesAgo,
  otherLine,
  succeededLine,
} from "../helpers/log-folder.ts";

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

const MIB = 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;

t.test("of a large log only the end is read, and of older ones nothing", async (t) => {
  const folder = makeLogFolder(t);
  for (const name of ["old-1.log", "old-2.log", "pos.log"]) {
    await folder.append(name, "");
    await truncate(folder.path(name), 200 * MIB);
  }
  await folder.age("old-1.log", 3000);
  await folder.age("old-2.log", 1500);
  await appendFile(
    folder.path("pos.log"),
    `\n${attemptedLine(minutesAgo(6))}${succeededLine(minutesAgo(5))}`,
  );
  const log = await folder.follow();
  t.match(await log.read(), { lastAttemptAt: minutesAgo(6), lastSuccessAt: minutesAgo(5), error: null });
  t.equal(log.totalBytesRead(), BLOCK_BYTES);

  await log.read();
  t.equal(log.totalBytesRead(), BLOCK_BYTES, "nothing is read when nothing changed");
  const added = failedLine(minutesAgo(3), "нет связи");
  await folder.write(added);
  t.match(await log.read(), { error: { message: "нет связи" } });
  t.equal(log.totalBytesRead(), BLOCK_BYTES + Buffer.byteLength(added), "only what was added");
});

t.test("logs without an exchange are searched up to a limit", async (t) => {
  const folder = makeLogFolder(t);
  for (let number = 1; number <= 6; number += 1) {
    const name = `pos-${number}.log`;
    await folder.append(name, "");
    await truncate(folder.path(name), 40 * MIB);
    await folder.append(name, `\n${otherLine(minutesAgo(number))}`);
    await folder.age(name, number);
  }
  const limits = { bytesOfFile: 16 * MIB, bytesOfReading: 64 * MIB };
  const log = await folder.follow({ limits });
  t.same(await log.read(), { lastAttemptAt: null, lastSuccessAt: null, error: null });
  t.ok(log.totalBytesRead() <= 64 * MIB + BLOCK_BYTES, `${log.totalBytesRead()}`);
  t.ok(log.totalBytesRead() >= 64 * MIB - BLOCK_BYTES, `${log.totalBytesRead()}`);
  t.match(await log.readLogState(), { unmatched: null }, "what was not read may tell of an exchange");
  t.ok(log.totalBytesRead() <= 64 * MIB + BLOCK_BYTES, "not searched again");
  await folder.append("pos-6.log", succeededLine(minutesAgo(0)));
  t.match(await log.read(), { lastSuccessAt: Number }, "what is added to a file that was left out counts");
  t.match(await log.readLogState(), { unmatched: false });
});

t.test("a failure is found beyond a long quiet time", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("pos-1.log", succeededLine(minutesAgo(600)) + failedLine(minutesAgo(590), "давно"));
  await folder.age("pos-1.log", 590);
  await folder.append("pos-2.log", otherLine(minutesAgo(5)).repeat(20_000));
  t.match(await (await folder.follow()).read(), {
    lastSuccessAt: minutesAgo(600),
    error: { at: minutesAgo(590), message: "давно" },
  });
});
