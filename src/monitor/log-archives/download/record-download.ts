import { type AuditDetail, writeDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import type { StoredArchive } from "../store/find-archive.ts";

/** A download that is resumed, or made in parts, is one: it is recorded once for each user and archive within this time. */
const ONE_DOWNLOAD_MS = 3_600_000;

/** Records that somebody downloads an archive. */
export async function recordDownload(
  trx: Db,
  actor: Actor,
  archive: StoredArchive,
  now: number,
): Promise<void> {
  const { posServerId, posServerName: subject, organizationId, path } = archive;
  const detail: AuditDetail = [{ key: "archive", values: { path } }];
  const known = await trx
    .selectFrom("audit_event")
    .select("id")
    .where("user_id", "=", actor.userId)
    .where("action", "=", "log_archive_download")
    .where("pos_server_id", "=", posServerId)
    .where("detail_parts", "=", writeDetail(detail))
    .where("at", ">", now - ONE_DOWNLOAD_MS)
    .executeTakeFirst();
  if (known) return;
  await recordEvent(
    trx,
    actor,
    { action: "log_archive_download", subject, organizationId, posServerId, detail },
    now,
  );
}
