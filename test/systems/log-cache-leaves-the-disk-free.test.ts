import { readdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { RESERVED_BYTES, readFreeBytes } from "../../src/monitor/log-archives/store/store.ts";
import { createLogCache } from "../../src/monitor/log-viewer/log-cache.ts";
import { makeFolder } from "../helpers/folder.ts";
import { mountSmallDisk } from "../helpers/small-disk.ts";
import { writeLogZip } from "../helpers/viewed-archive.ts";

const MEGABYTE = 1024 * 1024;
const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 2;

const skip = process.getuid?.() !== 0 && "only root may mount";

t.test("prepared logs leave 256 MB of a small disk free at every moment", { skip }, async (t) => {
  const { folder: directory } = mountSmallDisk(t, 256 + 54);
  const zipFile = join(makeFolder(t), "logs.zip");
  const plain = Buffer.alloc(MEGABYTE, "[2026-11-24 09:00:00,100] INFO  [48] - exchange\n");
  const windows1251 = Buffer.alloc(MEGABYTE, Buffer.from([...Buffer.alloc(63, 0xe0), 0x0a]));
  const parts = (part: Buffer, count: number) => Array.from({ length: count }, () => part);
  await writeLogZip(zipFile, {
    "1.log": parts(plain, 20),
    "2.log": parts(plain, 20),
    "3.log": parts(plain, 20),
    "russian.log": parts(windows1251, 20),
    "huge.log": parts(plain, 60),
  });
  const cache = createLogCache({
    directory,
    maxTotalBytes: 1024 * MEGABYTE,
    maxFileBytes: 1024 * MEGABYTE,
    reservedBytes: RESERVED_BYTES,
    readFreeBytes: () => readFreeBytes(directory),
    listArchives: async (ids) => new Set(ids),
    onFailure: () => undefined,
  });
  t.teardown(() => cache.close());
  let leastFreeBytes = Number.POSITIVE_INFINITY;
  const looks = setInterval(() => {
    const { bavail, bsize } = statfsSync(directory);
    leastFreeBytes = Math.min(leastFreeBytes, bavail * bsize);
  }, LOOK_EVERY_MS);
  t.teardown(() => clearInterval(looks));
  const open = async (position: number, megabytes: number) =>
    await cache.open({ key: `1-${position}`, zipFile, position, bytes: megabytes * MEGABYTE }, 1, WAIT_MS);

  for (const position of [1, 2, 3]) t.match(await open(position, 20), { kind: "ready" });
  t.same(readdirSync(directory).sort(), ["1-2", "1-3"], "the oldest went");
  t.match(await open(4, 20), { kind: "ready" }, "which takes twice as much as it says");
  t.same(readdirSync(directory).sort(), ["1-4"]);
  t.match(await open(5, 60), { kind: "failed", problem: "disk_full" });
  t.same(readdirSync(directory).sort(), ["1-4"], "nothing goes in vain");
  t.comment(`at least ${(leastFreeBytes / MEGABYTE).toFixed(1)} MB were free`);
  t.ok(leastFreeBytes >= RESERVED_BYTES);
});
