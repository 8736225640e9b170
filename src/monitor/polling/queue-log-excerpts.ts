import type { Insertable } from "kysely";
import { causeKey } from "../../protocol/cause-key.ts";
import { HOUR_MS } from "../../protocol/time-units.ts";
import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import type { LogExcerptTable } from "../database/tables/request-tables.ts";
import { readSettings } from "../installation/settings.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import type { PosStatus } from "./next-status.ts";

type NewExcerpt = Insertable<LogExcerptTable>;

/** Of one POS server: an error may change with every exchange. */
const MOST_AN_HOUR = 4;
/** When the whole chain fails at once, the first ones tell why. */
const MOST_OPEN = 1_000;

/** What to fetch from the log after a poll: where an error begins or becomes another one, and where it ends; null = nothing. */
export function excerptToFetch(
  before: PosStatus,
  status: PosStatus,
  outcome: StatusOutcome,
): NewExcerpt | null {
  if (!outcome.ok || before.syncError === status.syncError || status.clockShiftMs === null) return null;
  const [was, is] = [before, status].map(({ syncError }) => syncError && causeKey(syncError));
  const { sync } = outcome.report;
  if (was === is || sync === null) return null;
  const excerpt = {
    posServerId: status.posServerId,
    noticedAt: outcome.receivedAt,
    dueAt: outcome.receivedAt,
    clockShiftMs: status.clockShiftMs,
  };
  if (sync.error && status.syncError !== null)
    return { ...excerpt, kind: "failure", reportedAt: sync.error.at, text: status.syncError };
  if (sync.lastSuccessAt === null) return null;
  return { ...excerpt, kind: "recovery", reportedAt: sync.lastSuccessAt, text: "" };
}

/** Leaves out whom the settings, its restaurant or a limit exempt. Call it in the transaction that saves the polls. */
export async function queueLogExcerpts(trx: Db, excerpts: readonly NewExcerpt[]): Promise<void> {
  const [first] = excerpts;
  if (!first) return;
  const room = MOST_OPEN - (await countRows(trx.selectFrom("logExcerpt").where("finishedAt", "is", null)));
  if (room <= 0 || !(await readSettings(trx)).fetchLogLines) return;
  const asked = await trx
    .selectFrom("posServer")
    .select("id")
    .where(
      "id",
      "in",
      excerpts.map(({ posServerId }) => posServerId),
    )
    .where("parked", "=", 0)
    .where("keepsLogLines", "=", 1)
    .where(({ eb, selectFrom }) =>
      eb(
        selectFrom("logExcerpt")
          .select(({ fn }) => fn.countAll<number>().as("excerpts"))
          .whereRef("posServerId", "=", "posServer.id")
          .where("noticedAt", ">", first.noticedAt - HOUR_MS),
        "<",
        MOST_AN_HOUR,
      ),
    )
    .execute();
  const ids = new Set(asked.map(({ id }) => id));
  const queued = excerpts.filter(({ posServerId }) => ids.has(posServerId)).slice(0, room);
  if (queued.length > 0) await trx.insertInto("logExcerpt").values(queued).execute();
}
