import { setImmediate as nextTurn } from "node:timers/promises";
import type { Db } from "../../database/schema.ts";
import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import type { TimeSpan } from "../../fleet/time-spans.ts";
import { listLastTransitions } from "../../history/known-history.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";

/** Small, so that pages and polls get their turn between batches. */
const BATCH_ROWS = 500;

export const QUARTER_MS = 15 * 60_000;

/** Counts for each quarter since `from` how many POS servers at most were without exchange at one time. */
export async function countQuarters(
  db: Db,
  access: OrganizationAccess,
  { from, to }: TimeSpan,
): Promise<number[]> {
  const peaks = createPeaks(Math.ceil((to - from) / QUARTER_MS));
  const isFailingById = new Map<number, boolean>();
  let failingAtFirst = await countAllAlong(db, access, from);

  for await (const changes of listQuarterChanges(db, access, { from, to })) {
    const unknown = changes.map(({ posServerId }) => posServerId).filter((id) => !isFailingById.has(id));
    for (const { posServerId, state } of await listLastTransitions(db, [...new Set(unknown)], from - 1)) {
      isFailingById.set(posServerId, isFailing(state));
      if (isFailing(state)) failingAtFirst++;
    }
    for (const { posServerId, at, state } of changes) {
      const change = Number(isFailing(state)) - Number(isFailingById.get(posServerId) ?? false);
      isFailingById.set(posServerId, isFailing(state));
      peaks.change(at, Math.floor((at - from) / QUARTER_MS), change);
    }
  }
  return peaks.all().map((peak) => failingAtFirst + peak);
}

function isFailing(state: PosServerState | "parked"): boolean {
  return PROBLEM_STATES.some((failing) => failing === state);
}

/** Those without exchange all the time since then; `listQuarterChanges` leaves them out. */
async function countAllAlong(db: Db, access: OrganizationAccess, since: number): Promise<number> {
  const { posServers } = await db
    .selectFrom("posStatus")
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .where("problemSince", "<=", since)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "organizationId"))
    .executeTakeFirstOrThrow();
  return posServers;
}

/** Follows a sum that begins at 0, and finds its peak in each part. */
function createPeaks(parts: number) {
  const peaks: number[] = [];
  let level = 0;
  let changedAt: number | null = null;

  /** A part begins at the level where the one before ended. */
  function enter(part: number): void {
    while (peaks.length <= part) peaks.push(level);
  }

  function settle(): void {
    const last = peaks.length - 1;
    peaks[last] = Math.max(peaks[last] ?? level, level);
  }

  return {
    /** Changes at one time count together. @param at not before the last one. @param part from 0 on. */
    change(at: number, part: number, change: number) {
      if (at !== changedAt && changedAt !== null) settle();
      changedAt = at;
      enter(part);
      level += change;
    },
    all() {
      if (changedAt !== null) settle();
      enter(parts - 1);
      return peaks;
    },
  };
}

/**
 * Lists the transitions within `[from, to)` (ms UTC) in batches, oldest first, without POS servers in trouble all the
 * time.
 */
async function* listQuarterChanges(db: Db, access: OrganizationAccess, { from, to }: TimeSpan) {
  let last = { at: from, id: 0 };
  for (;;) {
    const { at, id } = last;
    const rows = await db
      .selectFrom("stateChange")
      .innerJoin("posStatus", "posStatus.posServerId", "stateChange.posServerId")
      .select(["stateChange.id", "stateChange.posServerId", "at", "stateChange.state"])
      .where(({ eb, refTuple, tuple }) => eb(refTuple("at", "stateChange.id"), ">", tuple(at, id)))
      .where("at", "<", to)
      .where("standing", "!=", "archived")
      .where(isVisibleTo(access, "posStatus.organizationId"))
      .where(({ eb, or, not }) =>
        or([
          eb("problemSince", "is", null),
          eb("problemSince", ">", from),
          not(eb("standing", "=", "active")),
        ]),
      )
      .orderBy("at")
      .orderBy("stateChange.id")
      .limit(BATCH_ROWS)
      .execute();
    yield rows;
    const end = rows.at(-1);
    if (!end || rows.length < BATCH_ROWS) return;
    last = end;
    await nextTurn();
  }
}
