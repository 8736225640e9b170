import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { LONGEST_SILENCE_MS } from "../polling/monitor-run.ts";
import type { TimeSpan, Transition } from "./availability.ts";

/** The transitions of a POS server since `from` (ms UTC) and the one before them, oldest first. */
export async function listTransitionsSince(
  db: Kysely<Database>,
  posServerId: number,
  from: number,
): Promise<Transition[]> {
  return await db
    .selectFrom("state_change")
    .select(["at", "state"])
    .where("pos_server_id", "=", posServerId)
    .where("at", ">=", ({ fn, selectFrom }) =>
      selectFrom("state_change")
        .select(({ val }) => fn.coalesce(fn.max("at"), val(from)).as("at"))
        .where("pos_server_id", "=", posServerId)
        .where("at", "<=", from),
    )
    .orderBy("at")
    .orderBy("id")
    .execute();
}

/** When the monitor ran since `from` (ms UTC), oldest first; the run that goes on lasts until `now`. */
export async function listRunsSince(db: Kysely<Database>, from: number, now: number): Promise<TimeSpan[]> {
  const runs = await db
    .selectFrom("monitor_run")
    .select(["started_at as from", "seen_at as to"])
    .where("seen_at", ">=", from)
    .orderBy("started_at")
    .execute();
  return runs.map((run) => (now - run.to <= LONGEST_SILENCE_MS ? { from: run.from, to: now } : run));
}
