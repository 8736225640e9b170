import iconv from "iconv-lite";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";
import { createWordSearch } from "../../src/agent/sync-log/word-search.ts";
import { requiredWords } from "../../src/protocol/required-words.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";
import { failedLine, makeLogFolder, minutesAgo, otherLine, succeededLine } from "../helpers/log-folder.ts";

const MIB = 1024 * 1024;

const WORDS: [source: string, words: string[] | null][] = [
  ["обмен", ["обмен"]],
  ["обмен|sync", ["обмен", "sync"]],
  ["(?:обмен|синхрониз)\\p{L}*.*(?:успеш|заверш)", ["обмен", "синхрониз"]],
  ["(?<message>не удал\\p{L}*.*)", ["удал"]],
  ["foo(?:bar|b)?x", ["foo"]],
  ["foo\\.ba", ["foo"]],
  ["[abc]def", ["def"]],
  ["[]обмен[x]", ["обмен"]],
  ["[^]обмен[x]", ["обмен"]],
  ["[^a\\]]обмен", ["обмен"]],
  ["обмен+ом", ["обме"]],
  ["(?<!обмен)цикл", ["цикл"]],
  ["обмен|x", null],
  ["(?:обмен)*", null],
  ["(?:обмен|)", null],
  ["об?", null],
  ["[обмен]", null],
  ["[^обмен]", null],
  ["[]", null],
  ["[^]|обмен", null],
  ["\\d+", null],
  ["", null],
];

t.test("words that are in whatever a pattern matches", (t) => {
  for (const [source, words] of WORDS) t.same(requiredWords([source]), words, source);
  t.same(requiredWords(["обмен.*начат", "начат.*обмен"]), ["начат"]);
  t.same(requiredWords(["(?:sync|обмен).*начат", "обмен|sync", "sync"]), ["sync", "обмен"]);
  t.equal(requiredWords(["обмен", "\\d+"]), null, "each of them has to tell");
  t.same(requiredWords([]), []);
  t.end();
});

t.test("words are found in any encoding and letter case", (t) => {
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
  t.end();
});

t.test("a guess has few words, so that most of a log is never decoded", async (t) => {
  const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
  t.ok(createExchangeMatcher({ ...logs, taught: null }).words?.includes("обмен"));
  const heads = { "": 96, "[iikoCard5.Pos.Till:AnswerAsync:59] ": 24 };
  for (const [head, mebibytes] of Object.entries(heads)) {
    const folder = makeLogFolder(t);
    const line = `[2026-11-25 10:00:00,000] DEBUG [12] ${head}— Касса 2: гость найден\n`;
    await folder.write(succeededLine(minutesAgo(9)));
    await folder.write(line.repeat((mebibytes * MIB) / Buffer.byteLength(line)));
    const log = await folder.follow();
    const cpuMs = await cpuTimeOf(async () => t.match(await log.read(), { lastSuccessAt: minutesAgo(9) }));
    t.ok(cpuMs < 2_000, `${cpuMs} ms for ${mebibytes} MiB of ${head}`);
  }
});

t.test("a log made to hurt takes little time, and what was not read of it is unknown", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(9)));
  const log = await folder.follow();
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9) });
  const hostile = ["обмен".repeat(820), "sync 1%".repeat(600), "не удал обмен ".repeat(300)];
  const lines = hostile.map((text) => `[2026-11-25 10:00:00,000] DEBUG [12] — ${text}\n`).join("");
  await folder.write(lines.repeat(400));
  const cpuMs = await cpuTimeOf(() => log.read());
  t.ok(cpuMs < 6_000, `${cpuMs} ms`);
  await folder.write(failedLine(minutesAgo(2), "нет связи"));
  t.match(await log.read(), { error: { message: "нет связи" } });
});

t.test("a reading ends between two lines when its time is over: what stands above is unknown", async (t) => {
  const slow = Array.from({ length: 40 }, (_, index) => `sync(?:.?.?){240}x${index}`);
  const folder = makeLogFolder(t, { failed: slow });
  const log = await folder.follow();
  const hurting = Array.from({ length: 88 }, (_, index) => `sync${"a".repeat(index)}`).join("");
  const lines = `[2026-11-25 10:00:00,000] DEBUG [12] — ${hurting}\n`.repeat(14);
  // All of it is one block.
  await folder.write(succeededLine(minutesAgo(9)) + lines);
  t.match(await log.read(), { lastSuccessAt: null });
  t.match(await log.readLogState(), { unmatched: null });
});

t.test("what is looked at beside the blocks takes of the same time", async (t) => {
  // Patterns that look behind take as long for every line, whatever they have seen before.
  const slow = Array.from({ length: 24 }, (_, index) => `(?<=(?:.?.?){480})sync x${index}`);
  const openLast = makeLogFolder(t, { failed: slow });
  await openLast.write(succeededLine(minutesAgo(9)) + otherLine(minutesAgo(8)));
  await openLast.write(otherLine(minutesAgo(7)).trimEnd() + "a".repeat(4_000));
  await openLast.age("pos.log", 1);
  t.match(await (await openLast.follow()).read(), { lastSuccessAt: null }, "after a last line that may grow");

  const longEntry = makeLogFolder(t, { failed: slow });
  await longEntry.write(succeededLine(minutesAgo(9)) + `${"a".repeat(130)}\n`.repeat(490));
  const log = await longEntry.follow();
  await log.read();
  await longEntry.write("Обмен с главным сервером: успешно завершён\n");
  const cpuMs = await cpuTimeOf(() => log.read());
  t.ok(cpuMs < 6_000, `${cpuMs} ms above what was added`);
});
