import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Insertable } from "kysely";
import type { LogArchiveTable, LogRequestTable } from "../../src/monitor/database/tables/request-tables.ts";
import type { TestMonitor } from "./app.ts";
import { queueRequest } from "./requests.ts";
import { addRow } from "./rows.ts";
import { bytesOf, makeZip } from "./zip-contents.ts";

export const MEGABYTE = 1024 * 1024;

/** Adds a request for the last day of 100 MB, open, and stops the runner, so that it stays as it is. @returns its id. */
export async function addLogRequest(
  { app, clock }: TestMonitor,
  posServerId: number,
  changes: Partial<Insertable<LogRequestTable>> = {},
): Promise<number> {
  await app.logRequests.stop();
  const asker = { userLogin: "anna", userAddress: "10.0.0.7" };
  const running = { status: "running", startedAt: clock() } as const;
  return await queueRequest(app.database.db, posServerId, clock(), { ...asker, ...running, ...changes });
}

/** Adds an archive that was fetched: a real zip in the store with one log. */
export async function addArchive(
  monitor: TestMonitor,
  logRequestId: number,
  { text = "log\n", ...changes }: { text?: string } & Partial<Insertable<LogArchiveTable>> = {},
) {
  const earlier = monitor.db.selectFrom("logArchive").select("id").where("logRequestId", "=", logRequestId);
  const position = (await earlier.execute()).length + 1;
  const bytes = await bytesOf(makeZip(["iikoCard5.log", text]));
  const path = `ООО «Вкусный дом»/Тверская, 12/2026-11-24/pos-${logRequestId}-${position}.zip`;
  const file = join(monitor.dataDir, "archives", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  const modifiedAt = new Date(monitor.clock()).toISOString();
  const id = await insertArchive(monitor, logRequestId, {
    position,
    number: position,
    files: JSON.stringify([{ name: "iikoCard5.log", bytes: text.length, modifiedAt }]),
    logBytes: text.length,
    path,
    zipBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...changes,
  });
  return { id, file, path, bytes };
}

/** Adds the row of an archive, which was fetched and is the only one of its request unless told. @returns its id. */
export async function insertArchive(
  { app, clock }: TestMonitor,
  logRequestId: number,
  changes: Partial<Insertable<LogArchiveTable>>,
): Promise<number> {
  const ofOne = { position: 1, number: 1, files: "[]", logFiles: 1, logBytes: 1, zipBytes: 1 };
  const done = { day: "2026-11-24", status: "done", finishedAt: clock() } as const;
  return await addRow(app.database.db, "logArchive", { logRequestId, ...done, ...ofOne, ...changes });
}

/** What a request leaves out that finds so many logs too many, whose names are long. */
export function leavingOut(count: number) {
  const leftOut = Array.from({ length: count }, (_, index) => {
    const name = `2026-11-20/sync-${index}-${"long-".repeat(12)}.log`;
    return { name, bytes: 48 * MEGABYTE, reason: "does_not_fit" };
  });
  return { leftOut: JSON.stringify(leftOut), leftOutFiles: count };
}
