import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import yazl from "yazl";
import type { TestMonitor } from "./app.ts";
import { addLogRequest, insertArchive } from "./log-archives.ts";

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

/** Adds an archive that was fetched, of the only POS server unless told, with its zip on the file store. @returns its id. */
export async function addLogArchive(
  monitor: TestMonitor,
  files: ArchivedFiles | null,
  changes: { posServerId?: number; removedAt?: number; status?: "done" | "failed" } = {},
): Promise<number> {
  const posServerId = changes.posServerId ?? (await findOrAddPosServer(monitor));
  const finished = { status: "done", finishedAt: monitor.clock() } as const;
  const requestId = await addLogRequest(monitor, posServerId, finished);
  const path = `vkusny-dom/tverskaya-12/${requestId}.zip`;
  if (files) await writeLogZip(join(monitor.dataDir, "archives", path), files);
  const { status = "done", removedAt = null } = changes;
  const stored = removedAt === null ? path : null;
  return await insertArchive(monitor, requestId, { status, removedAt, path: stored });
}

async function findOrAddPosServer(monitor: TestMonitor): Promise<number> {
  const known = await monitor.app.database.db.selectFrom("posServer").select("id").executeTakeFirst();
  return known?.id ?? (await monitor.addPosServer({ name: "Тверская, 12" }));
}

/** Lines as the service of a POS server writes them, every hundredth an error with a stack trace below. */
export function serviceLog(lineCount: number): string {
  let text = "";
  for (let index = 1; index <= lineCount; index++) {
    const time = new Date(Date.UTC(2026, 10, 24, 9) + index * 1000)
      .toISOString()
      .slice(0, 19)
      .replace("T", " ");
    if (index % 100 === 1) text += `[${time},100] ERROR [12] — Обмен с главным сервером: ошибка ${index}\r\n`;
    else if (index % 100 === 2)
      text += "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)\r\n";
    else if (index % 50 === 0) text += `[${time},100] WARN  [48] — Касса 2: ответ дольше 2 с\r\n`;
    else if (index % 2 === 0)
      text += `[${time},100] DEBUG [48] — Касса 1: поиск гостя по телефону +7 (916) 123-45-67\r\n`;
    else text += `[${time},100] INFO  [48] — Заказ ${10_000 + index}: карта 7001 1234 5678 9012\r\n`;
  }
  return text;
}
