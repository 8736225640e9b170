import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import t, { type Test } from "tap";
import { createLogCache } from "../../src/monitor/log-viewer/log-cache.ts";
import type { CacheSource, LogCacheOptions } from "../../src/monitor/log-viewer/prepare-in-folder.ts";
import { openPreparedLog, readLines } from "../../src/monitor/log-viewer/prepared-log.ts";
import { listZippedFiles } from "../../src/monitor/log-viewer/zip-files.ts";
import { makeFolder } from "../helpers/folder.ts";
import { serviceLog, writeLogZip } from "../helpers/viewed-archive.ts";

/** A busy machine is slow; what never comes fails all the same. */
const WAIT_MS = 120_000;
const [ANNA, BORIS] = [1, 2];
const CONTENT = serviceLog(1_000);

async function setUp(t: Test, options: Partial<LogCacheOptions> = {}) {
  const folder = makeFolder(t);
  const zipFile = join(folder, "logs.zip");
  await writeLogZip(zipFile, { "a.log": CONTENT, "b.log": CONTENT, "c.log": CONTENT });
  const failures: string[] = [];
  const directory = join(folder, "cache");
  const open = () => {
    const cache = createLogCache({
      directory,
      maxTotalBytes: 1024 ** 3,
      maxFileBytes: 1024 ** 3,
      reservedBytes: 0,
      readFreeBytes: async () => Number.MAX_SAFE_INTEGER,
      listArchives: async (ids) => new Set(ids),
      onFailure: (_source, problem) => failures.push(problem),
      ...options,
    });
    t.teardown(() => cache.close());
    return cache;
  };
  const source = (position: number, changes: Partial<CacheSource> = {}): CacheSource => ({
    key: `1-${position}`,
    zipFile,
    position,
    bytes: Buffer.byteLength(CONTENT),
    ...changes,
  });
  return { directory, zipFile, failures, open, source };
}

t.test("many who open a log at once wait for one inflation, and later ones read what is there", async (t) => {
  const { directory, open, source } = await setUp(t);
  const cache = open();
  const opened = await Promise.all(Array.from({ length: 20 }, () => cache.open(source(1), ANNA, WAIT_MS)));
  t.ok(opened.every(({ kind }) => kind === "ready"));
  t.same(readdirSync(directory), ["1-1"], "one folder, and nothing unfinished");
  const { ino } = statSync(join(directory, "1-1", "text"));
  const again = await cache.open(source(1, { zipFile: "/nowhere" }), ANNA, WAIT_MS);
  t.equal(again.kind, "ready", "the archive is not read again");
  t.equal(statSync(join(directory, "1-1", "text")).ino, ino);
  if (again.kind === "ready") t.equal((await readLines(again.log, 1, 2_000)).length, 1_000);
  t.match(await cache.open(source(2), ANNA, 0), { kind: "preparing" }, "nobody waits longer than they want");
  t.equal((await cache.open(source(2), ANNA, WAIT_MS)).kind, "ready");
});

t.test("what is prepared survives a restart; what was not finished is removed", async (t) => {
  const { directory, open, source } = await setUp(t);
  const first = open();
  await first.open(source(1), ANNA, WAIT_MS);
  await first.close();
  mkdirSync(join(directory, "unfinished-1"));
  writeFileSync(join(directory, "unfinished-1", "text"), "half");
  const second = open();
  t.equal((await second.open(source(1, { zipFile: "/nowhere" }), ANNA, WAIT_MS)).kind, "ready");
  t.equal((await second.open(source(2), ANNA, WAIT_MS)).kind, "ready");
  t.same(readdirSync(directory).sort(), ["1-1", "1-2"]);
});

t.test("closing ends what is being prepared and leaves nothing half done", async (t) => {
  const { directory, open, source } = await setUp(t);
  const cache = open();
  await cache.open(source(1), ANNA, 0);
  await cache.close();
  const left = readdirSync(directory);
  t.notOk(left.some((name) => name.startsWith("unfinished-")));
  const isWhole = (await openPreparedLog(join(directory, "1-1")))?.summary.lines === 1_000;
  t.equal(isWhole, left.includes("1-1"), "what was finished in the last moment is whole");
});

t.test("a folder that cannot be used ends no program: it is told to whoever opens a log", async (t) => {
  const { directory, failures, open, source } = await setUp(t);
  rmSync(directory, { recursive: true, force: true });
  writeFileSync(directory, "no folder");
  const cache = open();
  await setImmediate();
  t.match(await cache.open(source(1), ANNA, WAIT_MS), { kind: "failed", problem: "failed" });
  t.same(failures, ["failed"]);
});

t.test("the log that was not looked at for longest goes first", async (t) => {
  const size = Buffer.byteLength(CONTENT);
  const { directory, open, source } = await setUp(t, { maxTotalBytes: size * 2.2, maxFileBytes: size * 2 });
  const cache = open();
  await cache.open(source(1), ANNA, WAIT_MS);
  await cache.open(source(2), ANNA, WAIT_MS);
  for (const [name, at] of Object.entries({ "1-1": 2_000, "1-2": 1_000 })) {
    utimesSync(join(directory, name, "summary.json"), at, at);
  }
  await cache.open(source(3), ANNA, WAIT_MS);
  t.same(readdirSync(directory).sort(), ["1-1", "1-3"]);
  utimesSync(join(directory, "1-3", "summary.json"), 3_000, 3_000);
  await cache.open(source(1), ANNA, WAIT_MS);
  t.equal((await cache.open(source(2), ANNA, WAIT_MS)).kind, "ready", "what was removed is prepared again");
  t.same(readdirSync(directory).sort(), ["1-1", "1-2"], "looking at it kept 1-1");
});

t.test("a file that says it is too large, or turns out to be, is refused and leaves nothing", async (t) => {
  const { directory, failures, open, source } = await setUp(t, { maxFileBytes: 10_000 });
  const cache = open();
  t.match(await cache.open(source(1), ANNA, WAIT_MS), { kind: "failed", problem: "too_large" });
  const tooLarge = { kind: "failed", problem: "too_large" };
  t.match(await cache.open(source(2, { bytes: 10 }), ANNA, WAIT_MS), tooLarge);
  t.same(readdirSync(directory), []);
  t.same(failures, ["too_large", "too_large"]);
});

t.test("an archive that lies about sizes or whose bytes were changed is refused", async (t) => {
  const { directory, zipFile, open, source } = await setUp(t);
  const [file] = (await listZippedFiles(zipFile, new AbortController().signal)).files;
  const bytes = readFileSync(zipFile);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(file?.bytes ?? 0);
  const entry = bytes.indexOf("PK\x01\x02", 0, "latin1");

  const tooSmall = Buffer.from(bytes);
  tooSmall.writeUInt32LE(100, entry + 24);
  const tooLarge = Buffer.from(bytes);
  tooLarge.writeUInt32LE(0x7fffffff, entry + 24);
  const otherChecksum = Buffer.from(bytes);
  otherChecksum.writeUInt32LE(1, entry + 16);
  const otherBytes = Buffer.from(bytes);
  otherBytes.fill(0x55, 200, 400);
  const cutOff = bytes.subarray(0, bytes.length - 100);
  const cache = open();
  for (const [index, content] of [tooSmall, tooLarge, otherChecksum, otherBytes, cutOff].entries()) {
    writeFileSync(`${zipFile}.${index}`, content);
    const lying = source(1, { key: `lying-${index}`, zipFile: `${zipFile}.${index}` });
    t.match(await cache.open(lying, ANNA, WAIT_MS), { kind: "failed", problem: "damaged" }, `${index}`);
  }
  t.match(await cache.open(source(9), ANNA, WAIT_MS), { kind: "failed", problem: "damaged" }, "no such file");
  const gone = source(1, { key: "gone", zipFile: "/nowhere" });
  t.match(await cache.open(gone, ANNA, WAIT_MS), { problem: "missing" });
  t.same(readdirSync(directory), []);
});

t.test("a log that two people wait for begins in the first turn of one of them", async (t) => {
  const { open, source } = await setUp(t);
  const cache = open();
  const order: string[] = [];
  const ask = async (name: string, person: number) => {
    await cache.open(source(1, { key: `1-${name}` }), person, WAIT_MS);
    order.push(name);
  };
  const hers = ["a", "b", "c", "both"].map((name) => ask(name, ANNA));
  await Promise.all([...hers, ask("both", BORIS)]);
  t.ok(order.lastIndexOf("both") < order.indexOf("c"), order.join());
});

t.test("logs give way, longest unused first, so that enough of the disk stays free", async (t) => {
  const size = Buffer.byteLength(CONTENT);
  const folder = makeFolder(t);
  const usedBytes = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
  const disk = 10_000 + 1024 ** 2 + size * 2.5;
  const { open, source, failures } = await setUp(t, {
    directory: folder,
    reservedBytes: 10_000,
    readFreeBytes: async () => disk - usedBytes(),
  });
  const cache = open();
  for (const position of [1, 2]) await cache.open(source(position), ANNA, WAIT_MS);
  for (const [name, at] of Object.entries({ "1-1": 2_000, "1-2": 1_000 })) {
    utimesSync(join(folder, name, "summary.json"), at, at);
  }
  t.match(await cache.open(source(3), ANNA, WAIT_MS), { kind: "ready" });
  t.same(readdirSync(folder).sort(), ["1-1", "1-3"]);

  const larger = source(1, { key: "1-larger", bytes: size * 4 });
  t.match(await cache.open(larger, ANNA, WAIT_MS), { kind: "failed", problem: "disk_full" });
  t.same(readdirSync(folder).sort(), ["1-1", "1-3"], "nothing goes in vain");
  t.same(failures, ["disk_full"]);
  const full = await setUp(t, { reservedBytes: Number.MAX_SAFE_INTEGER / 4 });
  t.match(await full.open().open(full.source(1), ANNA, WAIT_MS), { kind: "failed", problem: "disk_full" });
  t.same(readdirSync(full.directory), [], "nothing is left of what was written");
});

t.test("logs of archives that are gone are removed, and those prepared meanwhile are not kept", async (t) => {
  const archives = new Set([1, 2]);
  const { directory, open, source } = await setUp(t, {
    listArchives: async (ids) => new Set(ids.filter((id) => archives.has(id))),
  });
  const cache = open();
  for (const key of ["1-a", "2-a", "2-b"]) await cache.open(source(1, { key }), ANNA, WAIT_MS);
  mkdirSync(join(directory, "lost+found"));
  archives.delete(2);
  t.equal(await cache.removeOrphans(), 2);
  t.same(readdirSync(directory).sort(), ["1-a", "lost+found"]);

  const late = await cache.open(source(1, { key: "2-late" }), ANNA, WAIT_MS);
  t.match(late, { kind: "failed", problem: "missing" });
  t.same(readdirSync(directory).sort(), ["1-a", "lost+found"]);
});
