import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { PosServerState } from "../../fleet/state.ts";
import type { TimeSpan } from "../../pos-servers/availability.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";

/** Few enough that pages are answered and polls are saved between two batches. */
const BATCH_ROWS = 500;

export interface QuarterChange {
  id: number;
  posServerId: number;
  at: number;
  state: PosServerState | "parked";
}

/**
 * Lists the transitions from `from` on and before `to` (ms UTC), oldest first and some at a time: those of POS servers
 * aside that were in trouble all the time.
 */
export async function* listQuarterChanges(
  db: Kysely<Database>,
  access: OrganizationAccess,
  { from, to }: TimeSpan,
): AsyncGenerator<QuarterChange[]> {
  let last = { at: from, id: 0 };
  for (;;) {
    const { at, id } = last;
    const rows = await db
      .selectFrom("state_change")
      .innerJoin("pos_status", "pos_status.pos_server_id", "state_change.pos_server_id")
      .select(["state_change.id", "state_change.pos_server_id as posServerId", "at", "state_change.state"])
      .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "state_change.id"), ">", tuple(at, id)))
      .where("at", "<", to)
      .where("standing", "!=", "archived")
      .where(isVisibleTo(access, "pos_status.organization_id"))
      .where(({ eb, or, not }) =>
        or([
          eb("problem_since", "is", null),
          eb("problem_since", ">", from),
          not(eb("standing", "=", "active")),
        ]),
      )
      .orderBy("at")
      .orderBy("state_change.id")
      .limit(BATCH_ROWS)
      .execute();
    yield rows;
    const end = rows.at(-1);
    if (!end || rows.length < BATCH_ROWS) return;
    last = end;
    await nextTurn();
  }
}
