import { inBatches } from "../../database/in-batches.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { queueTroubleChanges } from "../../restaurants/queue-changes.ts";
import { decideState, type PosServerState, type StateRules } from "../state.ts";
import { STATE_FACT_COLUMNS, stateFactsOf } from "../state-facts.ts";
import { readStored, type StoredHours, scheduleOf } from "./opening-hours.ts";
import { type Closing, closingAt } from "./schedule.ts";

const BATCH_ROWS = 500;
const OPEN: Closing = { closedFor: null, closedUntil: null, validUntil: null };

/**
 * Looks at the POS servers whose restaurant opens or closes, or may be closed otherwise than was known: one that is off when its
 * restaurant closes is no problem from then on. What one is that opens only its next poll can tell.
 * @param rules of states, at `now` (ms UTC).
 * @returns those that are not closed any more, which are to be polled.
 */
export async function keepClosings(db: Db, rules: StateRules, now: number): Promise<number[]> {
  const opened: number[] = [];
  const closings = createClosings(now);
  await inBatches(BATCH_ROWS, (batchSize) =>
    inTransaction(db, async (trx) => {
      const due = await selectDue(trx, now, batchSize);
      for (const [closing, rows] of Map.groupBy(due, closings)) {
        await keepClosing(trx, closing, rows, rules, now);
        if (closing.closedFor !== null) continue;
        opened.push(...rows.filter(({ state }) => state === "closed").map(({ id }) => id));
      }
      return due.length;
    }),
  );
  return opened;
}

type DueRow = Awaited<ReturnType<typeof selectDue>>[number];

async function selectDue(trx: Db, now: number, limit: number) {
  return await trx
    .selectFrom("pos_status")
    .leftJoin("opening_hours as own", "own.pos_server_id", "pos_status.pos_server_id")
    .leftJoin("opening_hours as shared", "shared.organization_id", "pos_status.organization_id")
    .select(["pos_status.pos_server_id as id", "state", "standing", ...STATE_FACT_COLUMNS])
    .select(["own.time_zone as ownTimeZone", "own.hours as ownHours", "own.works as ownWorks"])
    .select(["shared.time_zone as timeZone", "shared.hours as hours", "shared.works as works"])
    .where("closing_changes_at", "<=", now)
    .limit(limit)
    .execute();
}

/** Most restaurants have the hours of many others: what they say of now is found once. */
function createClosings(now: number): (row: DueRow) => Closing {
  const found = new Map<string, Closing>();
  return (row) => {
    const said = [
      stored(row.ownTimeZone, row.ownHours, row.ownWorks),
      stored(row.timeZone, row.hours, row.works),
    ];
    const key = JSON.stringify(said);
    const known = found.get(key);
    if (known) return known;
    const [own, ofOrganization] = said.map(readStored);
    const schedule = own && ofOrganization ? scheduleOf({ own, ofOrganization }) : null;
    const closing = schedule ? closingAt(schedule, now) : OPEN;
    found.set(key, closing);
    return closing;
  };
}

/** A row, if the join found one: it has works, if none. */
function stored(
  time_zone: string | null,
  hours: string | null,
  works: string | null,
): StoredHours | undefined {
  return works === null ? undefined : { time_zone, hours, works };
}

async function keepClosing(
  trx: Db,
  { closedFor, closedUntil, validUntil }: Closing,
  rows: readonly DueRow[],
  rules: StateRules,
  now: number,
): Promise<void> {
  await trx
    .updateTable("pos_status")
    .set({ closed_for: closedFor, closed_until: closedUntil, closing_changes_at: validUntil })
    .where(
      "pos_server_id",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  const facts = (row: DueRow) => stateFactsOf({ ...row, closed_until: closedUntil });
  const ids = rows
    // One that is not polled is in no state that could change.
    .filter(({ state, standing }) => state !== "closed" && standing === "active")
    .filter((row) => decideState(facts(row), rules, now) === "closed")
    .map(({ id }) => id);
  if (ids.length === 0) return;
  await trx
    .updateTable("pos_status")
    .set({ ...NO_PROBLEM, state_since: now })
    .where("pos_server_id", "in", ids)
    .execute();
  await queueTroubleChanges(trx, ids);
  const changes = ids.map((id) => ({ pos_server_id: id, at: now, state: NO_PROBLEM.state }));
  await trx.insertInto("state_change").values(changes).execute();
}

const NO_PROBLEM = {
  state: "closed" satisfies PosServerState,
  cause_key: null,
  cause_since: null,
  problem_since: null,
  error_search: null,
} as const;
