import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import type { TimeSpan } from "../../pos-servers/availability.ts";
import { listLastTransitions } from "../../pos-servers/known-history.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { createPeaks } from "./peaks.ts";
import { listQuarterChanges } from "./quarter-changes.ts";

export const QUARTER_MS = 15 * 60_000;

/**
 * Counts for each quarter since `from` how many POS servers at most did not exchange at one moment of it; the last one
 * may end before it is over.
 */
export async function countQuarters(
  db: Kysely<Database>,
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

/** Those that have not exchanged all the time since then, whose transitions are not asked for. */
async function countAllAlong(
  db: Kysely<Database>,
  access: OrganizationAccess,
  since: number,
): Promise<number> {
  const { posServers } = await db
    .selectFrom("pos_status")
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .where("problem_since", "<=", since)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "organization_id"))
    .executeTakeFirstOrThrow();
  return posServers;
}
