import { type AuditDetail, writeDetail } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { FoundArchive } from "../log-archives/store/find-archive.ts";

/** Paging through a file counts as one view an hour. */
const ONE_VIEW_MS = 60 * 60_000;

/** Records that somebody views a file of an archive, unless that was recorded within the last hour. */
export async function recordView(
  db: Db,
  actor: Actor,
  archive: FoundArchive,
  fileName: string,
  now: number,
): Promise<void> {
  const { posServerId, posServerName: subject, organizationId, day, number } = archive;
  const detail: AuditDetail = [{ key: "archivedLog", values: { day, number, file: fileName } }];
  await db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom("auditEvent")
      .select("id")
      .where("userId", "=", actor.userId)
      .where("at", ">", now - ONE_VIEW_MS)
      .where("action", "=", "log_view")
      .where("posServerId", "=", posServerId)
      .where("detailParts", "=", writeDetail(detail))
      .executeTakeFirst();
    if (known) return;
    await recordEvent(trx, actor, { action: "log_view", subject, organizationId, posServerId, detail }, now);
  });
}
