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

/** In which state some POS servers were before `at` (ms UTC); those of which nothing is known are missing. */
export async function listStatesBefore(
  db: Kysely<Database>,
  posServerIds: number[],
  at: number,
): Promise<Map<number, PosServerState | "parked">> {
  if (posServerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("state_change")
    .select(["pos_server_id as id", "state"])
    .where("id", "in", ({ selectFrom }) =>
      selectFrom("pos_server")
        .select(({ selectFrom, ref }) =>
          selectFrom("state_change as earlier")
            .select("earlier.id")
            .where("earlier.pos_server_id", "=", ref("pos_server.id"))
            .where("earlier.at", "<", at)
            .orderBy("earlier.at", "desc")
            .orderBy("earlier.id", "desc")
            .limit(1)
            .as("last"),
        )
        .where("pos_server.id", "in", posServerIds),
    )
    .execute();
  return new Map(rows.map(({ id, state }) => [id, state]));
}
