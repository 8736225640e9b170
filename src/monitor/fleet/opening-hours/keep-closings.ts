import type { Db } from "../../database/schema.ts";
import { inBatches, inTransaction } from "../../database/transaction.ts";
import { queueTroubleChanges } from "../../restaurants/queue-changes.ts";
import { decideState, type PosServerState, STATE_FACT_COLUMNS, type StateRules } from "../state.ts";
import { readStored, scheduleOf } from "./opening-hours.ts";
import { type Closing, closingAt } from "./schedule.ts";

const BATCH_ROWS = 500;
const OPEN: Closing = { closedFor: null, closedUntil: null, validUntil: null };

/**
 * Opens and closes POS servers at `now` (ms UTC) as their schedules say: being off while closed is no problem. The next
 * poll of one that opens decides its state.
 * @param rules of states.
 * @returns those that have opened, to be polled.
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
    .select(["shared.timeZone", "shared.hours", "shared.works"])
    .where("closingChangesAt", "<=", now)
    .limit(limit)
    .execute();
}

/** Looks equal schedules up once: most restaurants share theirs. */
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

/** Of a joined row; undefined where there is none, since every row has works. */
function stored(timeZone: string | null, hours: string | null, works: string | null) {
  return works === null ? undefined : { timeZone, hours, works };
}

async function keepClosing(
  trx: Db,
  { closedFor, closedUntil, validUntil }: Closing,
  rows: readonly DueRow[],
  rules: StateRules,
  now: number,
): Promise<void> {
  const allIds = rows.map(({ id }) => id);
  await trx
    .updateTable("posStatus")
    .set({ closedFor, closedUntil, closingChangesAt: validUntil })
    .where("posServerId", "in", allIds)
    .execute();
  const ids = rows
    .filter(({ state, standing }) => state !== "closed" && standing === "active")
    .filter((row) => decideState({ ...row, closedUntil }, rules, now) === "closed")
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
