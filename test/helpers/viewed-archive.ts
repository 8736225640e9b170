import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Test } from "tap";
import yazl from "yazl";
import { prepareLog } from "../../src/monitor/log-viewer/prepare-log.ts";
import { openPreparedLog, type PreparedLog } from "../../src/monitor/log-viewer/prepared-log.ts";
import { startMonitor, type TestMonitor } from "./app.ts";
import { makeFolder } from "./folder.ts";
import { addLogRequest, insertArchive } from "./log-archives.ts";
import { getPage, type PageRequest } from "./page.ts";
import { waitFor } from "./wait-for.ts";

/** Contents: whole, or a part for each step, so that a large file takes no memory. */
export type ArchivedFiles = Record<string, string | Buffer | Iterable<Buffer>>;

/** Writes a zip as an agent sends it, streamed. */
export async function writeLogZip(path: string, files: ArchivedFiles): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) {
    const isWhole = typeof content === "string" || Buffer.isBuffer(content);
    const parts = isWhole ? [Buffer.from(content)] : content;
    const options = { mtime: new Date("2026-11-24T10:42:00Z"), compressionLevel: 1 };
    zip.addReadStream(Readable.from(parts, { objectMode: false }), name, options);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
}

/** Adds an archive that was fetched, of the only POS server, with its zip on the file store. @returns its id. */
export async function addLogArchive(
  monitor: TestMonitor,
  files: ArchivedFiles | null,
  { removedAt = null }: { removedAt?: number | null } = {},
): Promise<number> {
  const known = await monitor.app.database.db.selectFrom("posServer").select("id").executeTakeFirst();
  const posServerId = known?.id ?? (await monitor.addPosServer({ name: "Тверская, 12" }));
  const finished = { status: "done", finishedAt: monitor.clock() } as const;
  const requestId = await addLogRequest(monitor, posServerId, finished);
  const path = `vkusny-dom/tverskaya-12/${requestId}.zip`;
  if (files) await writeLogZip(join(monitor.dataDir, "archives", path), files);
  return await insertArchive(monitor, requestId, { removedAt, path: removedAt === null ? path : null });
}

/** A monitor with an archive of these files. Addresses may be relative to the first; it is asked until that is prepared. */
export async function startWithArchive(t: Test, files: ArchivedFiles) {
  const monitor = await startMonitor(t);
  const id = await addLogArchive(monitor, files);
  const path = `/log-archives/${id}/files/1`;
  async function get(address = "", options: PageRequest = {}) {
    const { pathname, search } = new URL(address, `http://monitor${path}`);
    let answer = await getPage(monitor.app, pathname + search, options);
    await waitFor(async () => {
      if (answer.statusCode === 202) answer = await getPage(monitor.app, pathname + search, options);
      return answer.statusCode !== 202;
    });
    return answer;
  }
  return { monitor, id, path, get };
}

/** Lines as the service of a POS server writes them, every hundredth an error with a stack trace below. */
export function serviceLog(lineCount: number): string {
  const lines = Array.from({ length: lineCount }, (_, at) => {
    const index = at + 1;
    const time = new Date(Date.UTC(2026, 10, 24, 9) + index * 1000).toISOString();
    const says = (words: string) => `[${time.slice(0, 19).replace("T", " ")},100] ${words}\r\n`;
    if (index % 100 === 1) return says(`ERROR [12] — Обмен с главным сервером: ошибка ${index}`);
    if (index % 100 === 2)
      return "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)\r\n";
    if (index % 50 === 0) return says("WARN  [48] — Касса 2: ответ дольше 2 с");
    if (index % 2 === 0) return says("DEBUG [48] — Касса 1: поиск гостя по телефону +7 (916) 123-45-67");
    return says(`INFO  [48] — Заказ ${10_000 + index}: карта 7001 1234 5678 9012`);
  });
  return lines.join("");
}

/** Prepares one log as the worker of the cache does. */
export async function prepareTestLog(t: Test, content: ArchivedFiles[string]): Promise<PreparedLog> {
  const directory = makeFolder(t);
  const zipFile = `${directory}.zip`;
  await writeLogZip(zipFile, { "sync.log": content });
  const task = { zipFile, position: 1, directory, maxBytes: 1024 ** 3, reservedBytes: 0 };
  await prepareLog(task, () => {});
  const log = await openPreparedLog(directory);
  if (!log) throw new Error("nothing was prepared");
  return log;
}
