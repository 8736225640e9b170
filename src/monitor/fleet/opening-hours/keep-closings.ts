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
    .selectFrom("posStatus")
    .leftJoin("openingHours as own", "own.posServerId", "posStatus.posServerId")
    .leftJoin("openingHours as shared", "shared.organizationId", "posStatus.organizationId")
    .select(["posStatus.posServerId as id", "state", "standing", ...STATE_FACT_COLUMNS])
    .select(["own.timeZone as ownTimeZone", "own.hours as ownHours", "own.works as ownWorks"])
    .select(["shared.timeZone", "shared.hours as hours", "shared.works as works"])
    .where("closingChangesAt", "<=", now)
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
  timeZone: string | null,
  hours: string | null,
  works: string | null,
): StoredHours | undefined {
  return works === null ? undefined : { timeZone, hours, works };
}

async function keepClosing(
  trx: Db,
  { closedFor, closedUntil, validUntil }: Closing,
  rows: readonly DueRow[],
  rules: StateRules,
  now: number,
): Promise<void> {
  await trx
    .updateTable("posStatus")
    .set({ closedFor, closedUntil, closingChangesAt: validUntil })
    .where(
      "posServerId",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  const facts = (row: DueRow) => stateFactsOf({ ...row, closedUntil });
  const ids = rows
    // One that is not polled is in no state that could change.
    .filter(({ state, standing }) => state !== "closed" && standing === "active")
    .filter((row) => decideState(facts(row), rules, now) === "closed")
    .map(({ id }) => id);
  if (ids.length === 0) return;
  await trx
    .updateTable("posStatus")
    .set({ ...NO_PROBLEM, stateSince: now })
    .where("posServerId", "in", ids)
    .execute();
  await queueTroubleChanges(trx, ids);
  const changes = ids.map((id) => ({ posServerId: id, at: now, state: NO_PROBLEM.state }));
  await trx.insertInto("stateChange").values(changes).execute();
}

const NO_PROBLEM = {
  state: "closed" satisfies PosServerState,
  causeKey: null,
  causeSince: null,
  problemSince: null,
  errorSearch: null,
} as const;
