import { idList } from "../database/id-list.ts";
import type { Db } from "../database/schema.ts";
import { type TimeSpan, withoutSpan } from "../fleet/time-spans.ts";
import { LONGEST_SILENCE_MS } from "../polling/monitor-run.ts";
import { listNetworkOutages } from "../polling/own-network/own-network.ts";
import { type RecordedTransition, type Transition, withoutFirstWait } from "./availability.ts";

const TRANSITION_COLUMNS = ["posServerId", "at", "state"] as const;

/** The transitions of a POS server since `from` (ms UTC) and the one before them, oldest first. */
export async function listTransitionsSince(
  db: Db,
  posServerId: number,
  from: number,
): Promise<RecordedTransition[]> {
  const transitions = await db
    .selectFrom("stateChange")
    .select(["id", "at", "state"])
    .where("posServerId", "=", posServerId)
    .where("at", ">=", ({ fn, selectFrom }) =>
      selectFrom("stateChange")
        .select(({ val }) => fn.coalesce(fn.max("at"), val(from)).as("at"))
        .where("posServerId", "=", posServerId)
        .where("at", "<=", from),
    )
    .orderBy("at")
    .orderBy("id")
    .execute();
  return withoutFirstWait(transitions, from);
}

export async function listTransitionsOfManySince(
  db: Db,
  posServerIds: number[],
  from: number,
): Promise<Map<number, Transition[]>> {
  if (posServerIds.length === 0) return new Map();
  const before = await listLastTransitions(db, posServerIds, from);
  const since = await db
    .selectFrom("stateChange")
    .select(TRANSITION_COLUMNS)
    .where("posServerId", "in", idList(posServerIds))
    .where("at", ">", from)
    .orderBy("at")
    .orderBy("id")
    .execute();
  const transitions = Map.groupBy([...before, ...since], ({ posServerId }) => posServerId);
  return new Map([...transitions].map(([id, known]) => [id, withoutFirstWait(known, from)]));
}

/** The last transition of each of some POS servers up to a moment (ms UTC); newer POS servers have none. */
export async function listLastTransitions(db: Db, posServerIds: number[], upTo: number) {
  if (posServerIds.length === 0) return [];
  return await db
    .selectFrom("stateChange")
    .select(TRANSITION_COLUMNS)
    .where("id", "in", selectLastIds(db, posServerIds, upTo))
    .execute();
}

/** The ids of these transitions. */
export function selectLastIds(db: Db, posServerIds: readonly number[], upTo: number) {
  return db
    .selectFrom("posServer")
    .select(({ selectFrom, ref }) =>
      selectFrom("stateChange")
        .select("stateChange.id")
        .where("stateChange.posServerId", "=", ref("posServer.id"))
        .where("at", "<=", upTo)
        .orderBy("at", "desc")
        .orderBy("stateChange.id", "desc")
        .limit(1)
        .as("last"),
    )
    .where("posServer.id", "in", idList(posServerIds));
}

/** When the monitor ran and had a network since `from` (ms UTC), oldest first; the current run lasts until `now`. */
export async function listRunsSince(db: Db, from: number, now: number): Promise<TimeSpan[]> {
  const outages = await listNetworkOutages(db, from);
  const runs = await db
    .selectFrom("monitorRun")
    .select(["startedAt as from", "seenAt as to"])
    .where("seenAt", ">=", from)
    .orderBy("startedAt")
    .execute();
  const lasting = runs.map((run) => (now - run.to <= LONGEST_SILENCE_MS ? { from: run.from, to: now } : run));
  return outages.reduce(
    (spans, { beganAt, endedAt }) => withoutSpan(spans, { from: beganAt, to: endedAt ?? now }),
    lasting,
  );
}
