import { truncate } from "node:fs/promises";
import iconv from "iconv-lite";
import t, { type Test } from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";
import { MAX_LINE_BYTES } from "../../src/agent/sync-log/read-blocks-backwards.ts";
import { createWordSearch } from "../../src/agent/sync-log/word-search.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";
import {
  attemptedLine,
  failedLine,
  makeLogFolder,
  minutesAgo,
  otherLine,
  readAnew,
  succeededLine,
} from "../helpers/log-folder.ts";

const MIB = 1024 * 1024;

t.test("words are found in any encoding and letter case", async (t) => {
  const found = (encoding: "auto" | "utf-8" | "windows-1251", text: string, written: string) =>
    createWordSearch(["обмен", "sync"], encoding)(iconv.encode(text, written));
  for (const text of ["xx Обмен", "ОБМЕН xx", "oбмен обмеН", "SyncJob", "aSYNC"]) {
    t.ok(found("auto", text, "utf8"), text);
    t.ok(found("auto", text, "win1251"), text);
    t.ok(found("utf-8", text, "utf8"), text);
    t.ok(found("windows-1251", text, "win1251"), text);
  }
  for (const text of ["обме", "syn c", ""]) t.notOk(found("auto", text, "utf8"), text);
  t.notOk(createWordSearch([], "auto")(Buffer.from("обмен")), "nothing to find");
  t.ok(createWordSearch(null, "auto")(Buffer.from("x")), "anything may say something");
  t.ok(createWordSearch(["обмен"], "utf-16le")(Buffer.from("x")));
});

t.test("a guess has few words, so that most of a log is never decoded", async (t) => {
  const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
  const hasWords = createWordSearch(createExchangeMatcher({ ...logs, taught: null }).words, "auto");
  t.ok(hasWords(Buffer.from("Обмен с главным сервером: начат")));
  t.notOk(
    hasWords(Buffer.from("[2026-11-25 10:00:00,000] DEBUG [12] — Касса 2: гость найден\n".repeat(100))),
  );
  const folder = makeLogFolder(t);
  // A word in the name of a class is found, but says nothing.
  const text = "Касса 2: гость найден. ".repeat(20);
  const line = `[2026-11-25 10:00:00,000] DEBUG [12] [iikoCard5.Pos.Till:AnswerAsync:59] — ${text}\n`;
  await folder.write(succeededLine(minutesAgo(9)));
  await folder.write(line.repeat((8 * MIB) / Buffer.byteLength(line)));
  t.match(await readAnew(folder), { lastSuccessAt: minutesAgo(9) }, "within the time of a reading");
});

t.test("a log made to hurt takes little time", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(9)));
  const log = await folder.follow();
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9) });
  const hostile = ["обмен".repeat(820), "sync 1%".repeat(600), "не удал обмен ".repeat(300)];
  const lines = hostile.map((text) => `[2026-11-25 10:00:00,000] DEBUG [12] — ${text}\n`).join("");
  await folder.write(lines.repeat(100));
  const cpuMs = await cpuTimeOf(() => log.read());
  t.ok(cpuMs < 1_500, `${cpuMs} ms`);
  await folder.write(failedLine(minutesAgo(2), "нет связи"));
  t.match(await log.read(), { error: { message: "нет связи" } });
});

/** Makes the processor's clock advance by so much each time it is asked, and the wall clock by 10 ms. */
function slowDown(t: Test, milliseconds: number): void {
  let user = 0;
  const threadCpuUsage = (begun?: NodeJS.CpuUsage) => {
    user = begun ? user + milliseconds * 1_000 : 0;
    return { user, system: 0 };
  };
  let elapsed = performance.now();
  t.intercept(process, "threadCpuUsage", { value: threadCpuUsage });
  t.intercept(performance, "now", { value: () => (elapsed += 10) });
}

const LINES = "a\n".repeat(20);

t.test("a reading ends between two lines when its time is over: what stands above is unknown", async (t) => {
  const folder = makeLogFolder(t);
  const log = await folder.follow();
  slowDown(t, 300);
  await folder.write(succeededLine(minutesAgo(9)) + LINES); // all of it is one block
  t.match(await log.read(), { lastSuccessAt: null });
  t.match(await log.readLogState(), { unmatched: null });
});

t.test("a last line that may grow takes of the same time", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(`${succeededLine(minutesAgo(9))}${otherLine(minutesAgo(8))}обмен`);
  await folder.age("pos.log", 1);
  slowDown(t, 600);
  t.match(await readAnew(folder), { lastSuccessAt: null });
});

t.test("so does the search for the beginning of an entry", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(otherLine(minutesAgo(9)) + LINES);
  const log = await folder.follow();
  await log.read();
  slowDown(t, 300);
  await folder.write("Обмен с главным сервером: успешно завершён\n");
  t.match(await log.read(), { lastSuccessAt: null });
});

const MESSAGE = "нарушена целостность базы: «Ёж», №7";
const MANY_LINES = 5_000;

const ENCODINGS = [
  ["utf8", false],
  ["utf8", true],
  ["win1251", false],
  ["utf16le", true],
] as const;

for (const [name, addBOM] of ENCODINGS) {
  for (const lineEnd of ["\n", "\r\n"]) {
    t.test(`${name}${addBOM ? " with BOM" : ""}, line ends ${JSON.stringify(lineEnd)}`, async (t) => {
      const folder = makeLogFolder(t);
      const encode = (text: string, isFileStart = false) =>
        iconv.encode(text.replaceAll("\n", lineEnd), name, { addBOM: addBOM && isFileStart });
      await folder.write(encode(failedLine(minutesAgo(9), MESSAGE), true));
      const log = await folder.follow();
      t.match(await log.read(), { error: { at: minutesAgo(9), message: MESSAGE } }, "in the first line");

      await folder.write(encode(otherLine(minutesAgo(8)).repeat(MANY_LINES)));
      await folder.write(encode(failedLine(minutesAgo(7), `${MESSAGE}!`)));
      t.match(await log.read(), { error: { at: minutesAgo(7), message: `${MESSAGE}!` } }, "added");

      await folder.write(encode(otherLine(minutesAgo(6)).repeat(MANY_LINES)));
      const restarted = await readAnew(folder);
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

  const told = makeLogFolder(t, { encoding: "windows-1251", failed: ["РћС€РёР±РєР° (?<message>.+)"] });
  await told.write("[2026-11-24 10:00:00,000] Ошибка x\n");
  t.match(await readAnew(told), { error: { message: "x" } }, "a configured encoding is not guessed");
});

t.test("of a huge line only the beginning counts, and it hides no other line", async (t) => {
  const folder = makeLogFolder(t);
  const huge = "я".repeat(10 * MAX_LINE_BYTES);
  await folder.write(succeededLine(minutesAgo(9)));
  await folder.write(failedLine(minutesAgo(8), huge));
  await folder.write(`${huge}\n`);
  const { error } = await readAnew(folder);
  t.equal(error?.at, minutesAgo(8));
  t.match(error?.message, /^я{1999}…$/);
});

t.test("a huge line without an end is not waited for, nor read again", async (t) => {
  const folder = makeLogFolder(t);
  const open = failedLine(minutesAgo(8), "y".repeat(3 * MAX_LINE_BYTES)).trimEnd();
  await folder.write(succeededLine(minutesAgo(9)) + open);
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

const BLOCK_BYTES = 64 * 1024;

t.test("of a large log only the end is read, and of older ones nothing", async (t) => {
  const folder = makeLogFolder(t);
  for (const name of ["old-1.log", "old-2.log", "pos.log"]) {
    await folder.append(name, "");
    await truncate(folder.path(name), 200 * MIB);
  }
  await folder.age("old-1.log", 3000);
  await folder.age("old-2.log", 1500);
  await folder.write(`\n${attemptedLine(minutesAgo(6))}${succeededLine(minutesAgo(5))}`);
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
    await truncate(folder.path(name), 5 * MIB);
    await folder.append(name, `\n${otherLine(minutesAgo(number))}`);
    await folder.age(name, number);
  }
  const limits = { bytesOfFile: 2 * MIB, bytesOfReading: 8 * MIB };
  const log = await folder.follow({ limits });
  t.same(await log.read(), { lastAttemptAt: null, lastSuccessAt: null, error: null });
  t.ok(log.totalBytesRead() <= 8 * MIB + BLOCK_BYTES, `${log.totalBytesRead()}`);
  t.ok(log.totalBytesRead() >= 8 * MIB - BLOCK_BYTES, `${log.totalBytesRead()}`);
  t.match(await log.readLogState(), { unmatched: null }, "what was not read may tell of an exchange");
  t.ok(log.totalBytesRead() <= 8 * MIB + BLOCK_BYTES, "not searched again");
  await folder.append("pos-6.log", succeededLine(minutesAgo(0)));
  t.match(await log.read(), { lastSuccessAt: Number }, "what is added to a file that was left out counts");
  t.match(await log.readLogState(), { unmatched: false });
});
