import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Insertable } from "kysely";
import { fromBufferPromise } from "yauzl";
import { ZipFile } from "yazl";
import type { LogArchiveTable, LogRequestTable } from "../../src/monitor/database/tables/request-tables.ts";
import type { TestMonitor } from "./app.ts";

const DAY_MS = 86_400_000;
export const MEGABYTE = 1024 * 1024;

/** Adds a request for the last day of 100 MB, open, and stops the runner, so that it stays as it is. @returns its id. */
export async function addLogRequest(
  { app, clock }: TestMonitor,
  posServerId: number,
  changes: Partial<Insertable<LogRequestTable>> = {},
): Promise<number> {
  await app.logRequests.stop();
  const { id } = await app.database.db
    .insertInto("logRequest")
    .values({
      posServerId,
      requestedAt: clock(),
      userId: null,
      userLogin: "anna",
      userName: "Анна Иванова",
      userAddress: "10.0.0.7",
      fromAt: clock() - DAY_MS,
      toAt: clock(),
      maxBytes: 100 * MEGABYTE,
      status: "running",
      startedAt: clock(),
      ...changes,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export interface AddedArchive {
  id: number;
  /** Where its file is, and where within the store. */
  file: string;
  path: string;
  bytes: Buffer;
}

/** Adds an archive that was fetched: a real zip in the store with one log. */
export async function addArchive(
  { app, dataDir, clock }: TestMonitor,
  logRequestId: number,
  { text = "log\n", ...changes }: { text?: string } & Partial<Insertable<LogArchiveTable>> = {},
): Promise<AddedArchive> {
  const position = (await countArchives(app, logRequestId)) + 1;
  const bytes = await zipOf({ "iikoCard5.log": text });
  const path = `ООО «Вкусный дом»/Тверская, 12/2026-11-24/pos-${logRequestId}-${position}.zip`;
  const file = join(dataDir, "archives", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  const modifiedAt = new Date(clock()).toISOString();
  const { id } = await app.database.db
    .insertInto("logArchive")
    .values({
      logRequestId,
      position,
      day: "2026-11-24",
      number: position,
      files: JSON.stringify([{ name: "iikoCard5.log", bytes: text.length, modifiedAt }]),
      logFiles: 1,
      logBytes: text.length,
      status: "done",
      failureCode: null,
      failureDetail: null,
      path,
      zipBytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      finishedAt: clock(),
      removedAt: null,
      ...changes,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return { id, file, path, bytes };
}

async function countArchives(
  { database: { db } }: TestMonitor["app"],
  logRequestId: number,
): Promise<number> {
  const rows = await db
    .selectFrom("logArchive")
    .select("id")
    .where("logRequestId", "=", logRequestId)
    .execute();
  return rows.length;
}

async function zipOf(files: Record<string, string>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return await buffer(zip.outputStream);
}

/** Reads every entry of a zip, whose CRC is checked too. */
export async function readZip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(bytes);
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return entries;
}
