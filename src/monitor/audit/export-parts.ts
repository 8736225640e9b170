import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { ExportPart } from "../excel/send-export.ts";
import { dayAt, divideDays } from "../viewer/local-days.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type AuditFilter, auditUrl } from "./filter.ts";
import { shownDay } from "./filter-model.ts";

/** The files that a log too long for one can be had in, newest first: by months, or by days within a month. */
export async function listExportParts(
  db: Kysely<Database>,
  { timeZone }: Viewer,
  filter: AuditFilter,
  now: number,
): Promise<ExportPart[]> {
  const { oldestAt } = await db
    .selectFrom("audit_event")
    .select(({ fn }) => fn.min("at").as("oldestAt"))
    .executeTakeFirstOrThrow();
  const [oldest, today] = [dayAt(oldestAt ?? now, timeZone), dayAt(now, timeZone)];
  const first = filter.from !== null && filter.from > oldest ? filter.from : oldest;
  const last = filter.to !== null && filter.to < today ? filter.to : today;
  return divideDays(first, last)
    .reverse()
    .map(({ from, to }) => ({
      text: from === to ? shownDay(from) : `${shownDay(from)} – ${shownDay(to)}`,
      url: auditUrl({ ...filter, from, to }, null, "/audit.xlsx"),
    }));
}
