import { linkSync, readdirSync, readlinkSync } from "node:fs";
import { appendFile, mkdir, utimes, writeFile } from "node:fs/promises";
import { Agent } from "node:https";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";
import t, { type Test } from "tap";
import { Compile } from "typebox/compile";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { readSearchedText, searchLogs } from "../../src/agent/log-lines/search.ts";
import { type SearchLimits, startLimits } from "../../src/agent/log-lines/search-limits.ts";
import { createLogReading } from "../../src/agent/sync-log/log-reading.ts";
import { type LogSearchOrder, LogSearchResult } from "../../src/protocol/log-lines.ts";
import {
  callAgent,
  type ListeningAgent,
  makeAgentFolder,
  sendToAgent,
  startTestAgent,
} from "../helpers/agent.ts";
import { makeOpenFolder } from "../helpers/folder.ts";
import { minutesAgo, stamp } from "../helpers/log-folder.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { bytesOf, makeZip } from "../helpers/zip-contents.ts";

const isResult = Compile(LogSearchResult);
const MIB = 1024 * 1024;
const LIMITS = { ms: 60_000, bytes: 1024 * MIB, cpuMs: 60_000, restsPerWork: 0 };
const ALL_READ = { files: 0, bytes: 0, limit: null };
const iso = (minutes: number) => new Date(minutesAgo(minutes)).toISOString();
const line = (minutes: number, text: string, level = "INFO ") =>
  `${stamp(minutesAgo(minutes))} ${level} [12] — ${text}\n`;
const lastDay = { from: iso(24 * 60), to: iso(-60), limit: 20 };

type Files = Record<string, string | Buffer>;

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** Searches a folder as an agent does, without rests, and with as much time as it takes. */
async function makeSearched(t: Test, files: Files, settings: Record<string, unknown> = {}) {
  const directory = makeOpenFolder(t);
  await writeFiles(directory, files);
  const content = { dataDirectory: directory, logs: { directory, files: ["**/*.log*"], ...settings } };
  const { logs } = await parseAgentConfig(content, directory);
  const reading = createLogReading(logs, null, 0);
  return {
    path: (name: string) => join(directory, name),
    async search(
      text: string,
      order: Partial<LogSearchOrder> = {},
      limits: SearchLimits = startLimits(new AbortController().signal, LIMITS),
    ): Promise<LogSearchResult> {
      const searched = readSearchedText(text);
      if (!searched) throw new Error("nothing to look for");
      const found = await searchLogs(
        logs,
        reading,
        { ...lastDay, text, ...order },
        searched,
        "the-token",
        limits,
      );
      t.ok(isResult.Check(found), JSON.stringify(isResult.Errors(found)));
      return found;
    },
  };
}

/** Limits that end after so many pieces of the work. */
const limitsAfter = (pieces: number, max = {}) => {
  const limits = startLimits(new AbortController().signal, { ...LIMITS, ...max });
  let left = pieces;
  const rest = async (bytes: number) => {
    left -= 1;
    await limits.rest(bytes);
  };
  return { ...limits, rest, reached: () => (left <= 0 ? "time" : limits.reached()) } satisfies SearchLimits;
};

const texts = ({ entries }: LogSearchResult) => entries.map(({ text }) => text);

t.test("a text is found in any encoding and letter case, in the lines below too", async (t) => {
  const text =
    line(200, "Касса 1: ОБМЕН не удался") +
    line(130, "касса 2:  обмен  НЕ удался", "ERROR") +
    line(125, "обмен").replace("\n", "\nSystem.Exception:\n   не\n  удался\n") +
    line(120, "обмен удался") +
    line(10, "не удался обмен");
  const writings = {
    utf8: Buffer.from(text),
    "utf8 with a mark": iconv.encode(text, "utf8", { addBOM: true }),
    win1251: iconv.encode(text, "win1251"),
    utf16: iconv.encode(text, "utf16le", { addBOM: true }),
  };
  for (const [name, content] of Object.entries(writings)) {
    const { search } = await makeSearched(t, { "pos.log": content, "old.log.gz": gzipSync(content) });
    const found = await search("обмен Не удался");
    t.match(found, { count: 4, firstAt: iso(200), lastAt: iso(130), unread: ALL_READ }, name);
    const counts = found.files.map(({ count }) => count);
    t.same(counts, [2, 2]);
    const sum = found.hours.reduce((sum, { count }) => sum + count, 0);
    t.equal(sum, 4);
    t.match(found.hours[0], { from: `${iso(200).slice(0, 13)}:00:00.000Z` });
    t.match(found.entries[0], { at: iso(130), level: "ERROR", text: "касса 2:  обмен  НЕ удался" });
    t.match(await search("обмен…удался"), { count: 8 }, name);
    t.match(await search("удался … обмен"), { count: 2 }, "in this order");
    t.match(await search("обмен System.Exception: не"), { count: 2 });
    t.match(await search("обмен", { from: iso(127), to: iso(110) }), { count: 4 });
    t.match(await search("обм.н"), { count: 0, firstAt: null, entries: [], files: [] });
  }
});

t.test("an entry is found wherever a block ends, plain or compressed, and counted once", async (t) => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  let text = "";
  let expected = 0;
  for (let index = 0; index < 1_000; index += 1) {
    const below = Array.from({ length: random(40) }, () => `   at ${"x".repeat(random(60))} запрос\n`);
    const place = random(3 * below.length + 1);
    if (place < below.length) below[place] = "  иголка в стоге\n";
    // Of an entry so many lines count.
    if (place < Math.min(below.length, 20)) expected += 1;
    text += line(100 - index / 50, `запрос ${"ж".repeat(random(50))}`) + below.join("");
  }
  const zip = await bytesOf(makeZip(["2026.log", text], ["readme.txt", text]));
  const { search } = await makeSearched(t, { "pos.log": text, "a.log.gz": gzipSync(text), "b/old.zip": zip });
  const found = await search("запрос … иголка в стоге");
  t.same(found.unread, ALL_READ);
  const files = found.files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const each = ["a.log.gz", "b/old.zip/2026.log", "pos.log"].map((name) => ({ name, count: expected }));
  t.same(files, each);
});

t.test("what is masked cannot be guessed, what is shown is found, of lines of JSON too", async (t) => {
  const log = [
    line(5, "гость: phone=79551439441, карта 4111 1111 1111 1111, заказ 4698 принят"),
    line(4, "Server=db;Password=Zx81qq;Timeout=3, гость: Иванов Иван Петрович, ключ the-token"),
  ];
  const json = { "@t": iso(5), "@l": "Error", "@mt": "Чек {Id} не отправлен", Id: 7 };
  const escaped = JSON.stringify(json).replace(
    /[а-яё]/giu,
    (letter) => `\\u0${letter.charCodeAt(0).toString(16)}`,
  );
  const ofJson = `${JSON.stringify(json)}\n${escaped}\n`;
  const { search } = await makeSearched(t, { "sync.log": log.join(""), "pos.log": ofJson });
  const digits = ["79551", "5143", "439441", "4111 1111 11"];
  for (const hidden of [...digits, "Password=Zx8", "гость: Иванов", "ключ the-tok"])
    t.equal((await search(hidden)).count, 0, hidden);
  for (const shown of ["Server=db;Password=", "заказ 4698", "+7 955 •••", "phone=+7"])
    t.equal((await search(shown)).count, 1, shown);
  const found = await search("чек 7 не");
  t.match(found, { count: 2, entries: [{ at: iso(5), level: "ERROR", text: "Чек 7 не отправлен" }] });
});

t.test("in a log without times all lines count, if it was changed in the period", async (t) => {
  const { search, path } = await makeSearched(t, {
    "plain.log": "первая ошибка\nвторая\nошибка третья\n",
    "timed.log": `ошибка без начала\n${line(5, "ошибка")}${"   at x\n".repeat(30)}ошибка слишком далеко\n`,
  });
  const found = await search("ошибка");
  t.match(found, { count: 3, firstAt: iso(5), lastAt: iso(5), hours: [{ count: 1 }] });
  t.same(texts(found).slice(0, 2), ["ошибка третья", "первая ошибка"]);
  t.match(found.entries[0], { at: null, level: null, file: "plain.log" });
  const time = new Date(minutesAgo(300));
  await utimes(path("plain.log"), time, time);
  t.match(await search("ошибка", { from: iso(200) }), { count: 1 });
  t.match(await search("ошибка", { from: iso(400), to: iso(350) }), { count: 0 });
});

t.test("compressed rotations are logs by their own name, broken ones are unread", async (t) => {
  const hit = line(5, "иголка");
  const zip = await bytesOf(makeZip(["inner.log", hit], ["other.txt", hit]));
  const encrypted = Buffer.from(zip);
  // The flag in each header of the central directory.
  for (
    let at = encrypted.indexOf("PK\u0001\u0002");
    at >= 0;
    at = encrypted.indexOf("PK\u0001\u0002", at + 1)
  )
    encrypted.writeUInt16LE(encrypted.readUInt16LE(at + 8) | 1, at + 8);
  const broken = gzipSync(hit.repeat(1_000)).subarray(0, -20);
  const { search } = await makeSearched(
    t,
    {
      "pos.log": hit,
      "pos.log.gz": gzipSync(hit),
      "notes.txt.gz": gzipSync(hit),
      "pos.log.zip": await bytesOf(makeZip(["whatever", hit])),
      "archive.zip": zip,
      "encrypted.zip": encrypted,
      "none.zip": "no zip",
      "broken.log.gz": broken,
      "no.log.gz": "no gz",
    },
    { files: ["*.log"] },
  );
  const { files, unread } = await search("иголка");
  const names = files.map(({ name }) => name).filter((name) => name !== "broken.log.gz");
  t.same(names.sort(), ["archive.zip/inner.log", "pos.log", "pos.log.gz", "pos.log.zip/whatever"]);
  t.same(unread, { files: 4, bytes: encrypted.length + broken.length + 6 + 5, limit: null });
});

t.test("what a limit left out is said, also of a small file that inflates to a large one", async (t) => {
  const log = line(5, "иголка").repeat(6_000);
  const { search } = await makeSearched(t, {
    "pos.log": log,
    "bomb.log.gz": gzipSync(Buffer.alloc(20 * MIB)),
    "bomb.zip": await bytesOf(makeZip(["a.log", Buffer.alloc(20 * MIB)], ["b.log", log])),
  });
  const signal = new AbortController().signal;
  for (const [limit, max] of [
    ["bytes", { bytes: 300_000 }],
    ["time", { ms: 0 }],
    ["cpu", { cpuMs: 0 }],
  ] as const) {
    const { count, unread } = await search("иголка", {}, startLimits(signal, { ...LIMITS, ...max }));
    t.equal(unread.limit, limit);
    t.ok(unread.files >= 2 && unread.bytes > 0, JSON.stringify(unread));
    t.ok(count < 12_000);
  }
  const one = await makeSearched(t, { "pos.log": log });
  const part = await one.search("иголка", {}, limitsAfter(3));
  t.match(part.unread, { files: 1, limit: "time" });
  t.equal(part.unread.bytes, Buffer.byteLength(log) - 2 * 64 * 1024);
  t.ok(part.count > 1_000 && part.count < 6_000);
  t.match((await one.search("иголка", {}, limitsAfter(1_000))).unread, ALL_READ);
  t.match(await one.search("иголка", { to: iso(10) }, limitsAfter(2)), { count: 0, unread: ALL_READ });
});

t.test("the newest entries are sent, masked, and cut around what was looked for", async (t) => {
  const long = `${"ж".repeat(600)} Гость Иван +79161234567 password=qwerty иголка <b>&amp; ${"я".repeat(600)}`;
  const { search } = await makeSearched(t, {
    "a.log": line(50, "иголка 1") + line(30, long) + line(10, "иголка the-token"),
    "b.log": line(40, "иголка 2") + line(20, '<img src=x onerror="alert(1)"> иголка'),
  });
  const found = await search("иголка", { limit: 3 });
  t.equal(found.count, 5);
  const [first, second, third] = texts(found);
  t.equal(first, "иголка •••");
  t.equal(second, '<img src=x onerror="alert(1)"> иголка');
  t.match(third, /^…ж+ Гость ••• \+7 916 •••-••-67 password=••• иголка <b>&amp; я+…$/u);
  t.equal(third?.length, 500);
  t.match((await search("иголка", { limit: 0 })).entries, []);
});

t.test("a line of 30 MB, or thousands of files, harm nobody", async (t) => {
  const { search, path } = await makeSearched(t, { "pos.log": line(5, "иголка в стоге") });
  await appendFile(path("pos.log"), line(4, "иголка ").slice(0, -1));
  for (let index = 0; index < 3; index += 1) await appendFile(path("pos.log"), Buffer.alloc(10 * MIB, "x"));
  await appendFile(path("pos.log"), " конец\n");
  t.match(await search("иголка…конец"), { count: 1, unread: ALL_READ });
  const many = await makeSearched(t, { "0.log": line(5, "иголка") });
  for (let index = 1; index < 4_000; index += 1) linkSync(many.path("0.log"), many.path(`${index}.log`));
  const limits = startLimits(new AbortController().signal, { ...LIMITS, cpuMs: 100 });
  const { count, unread } = await many.search("иголка", {}, limits);
  t.match(unread, { limit: "cpu", bytes: unread.files * Buffer.byteLength(line(5, "иголка")) });
  t.equal(count + unread.files, 4_000);
});

const post = (agent: ListeningAgent, order: object, call = {}) =>
  sendToAgent(agent, "/v1/log-searches", order, call);

async function startWith(t: Test, files: Files) {
  const folder = await makeAgentFolder(t, { utcOffsetMinutes: 0 });
  await writeFiles(folder.logs, files);
  return { folder, agent: await startTestAgent(t, folder) };
}

t.test("an agent searches for who has its token, one after the other, and few may wait", async (t) => {
  const { agent } = await startWith(t, { "pos.log": line(5, "иголка").repeat(4_000) });
  const order = { text: "Иголка", ...lastDay };
  const answers = await Promise.all([1, 2, 3, 4].map(() => post(agent, order)));
  t.same(answers.map(({ status }) => status).sort(), [200, 200, 200, 503]);
  const busy = answers.find(({ status }) => status === 503);
  t.match(busy, { headers: { "retry-after": /^\d+$/ }, body: { error: "busy" } });
  t.match(answers[0], { body: { count: 4_000 }, headers: { "cache-control": "no-store" } });
  t.match(await post(agent, order, { authorization: null }), { status: 401 });
  t.match(await post(agent, { ...order, text: " … " }), { status: 400, body: { error: "empty_text" } });
  for (const from of [iso(-120), iso(32 * 24 * 60)])
    t.match(await post(agent, { ...order, from }), { status: 400, body: { error: "invalid_period" } });
  t.match(await post(agent, { ...order, limit: 21 }), { status: 400 });
});

/** Longer than anybody waits here. */
const endless = () => line(5, "иголка в стоге сена").repeat(200_000);
const isOpen = (name: string) =>
  readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith(name);
    } catch {
      return false;
    }
  });
/** A search that nobody ends goes on for ten seconds. */
const SOON = { timeoutMs: 8_000 };

t.test("a search ends when its caller goes away, and one that waits never begins", async (t) => {
  const { agent } = await startWith(t, { "direct.log": endless() });
  t.match(await callAgent(agent, "/v1/status"), { status: 200 }, "it has read the log");
  const connections = new Agent();
  const calls = [1, 2, 3].map(() =>
    post(agent, { text: "иголка", ...lastDay }, { connections }).catch((error: Error) => error.message),
  );
  await waitFor(() => isOpen("/direct.log"));
  t.match(await callAgent(agent, "/v1/status"), { status: 200 }, "answered meanwhile");
  connections.destroy();
  await waitFor(() => !isOpen("/direct.log"), SOON);
  t.same(new Set(await Promise.all(calls)).size, 1);
  // The agent may not have heard yet that nobody waits.
  const next = () => post(agent, { text: "иголка", ...lastDay, from: iso(-10) });
  await waitFor(async () => (await next()).status === 200, SOON);
  t.match(await next(), { status: 200, body: { count: 0 } });

  const last = post(agent, { text: "иголка", ...lastDay }).catch(() => null);
  await waitFor(() => isOpen("/direct.log"));
  await agent.close();
  t.not((await last)?.status, 200, "an agent that is stopped waits for no search");
});
