import type { Actor } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { recordOnceAnHour } from "../log-archives/record-once.ts";
import type { FoundArchive } from "../log-archives/store/find-archive.ts";
import { subjectOf } from "../requests/request-columns.ts";

export async function recordView(
  db: Db,
  actor: Actor,
  archive: FoundArchive,
  file: string,
  now: number,
): Promise<void> {
  const values = { day: archive.day, number: archive.number, file };
  await db.transaction().execute(async (trx) => {
    const detail = [{ key: "archivedLog" as const, values }];
    await recordOnceAnHour(trx, actor, { action: "log_view", ...subjectOf(archive), detail }, now);
  });
}
