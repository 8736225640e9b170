import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { type PosServerState, PROBLEM_STATES } from "../../fleet/state.ts";
import type { TimeSpan } from "../../pos-servers/availability.ts";
import { listLastTransitions } from "../../pos-servers/known-history.ts";
import { isVisibleTo, type OrganizationAccess } from "../../viewer/access.ts";
import { listQuarterChanges } from "./quarter-changes.ts";

export const QUARTER_MS = 15 * 60_000;

/** Counts each quarter between two of their bounds. */
export async function countQuarters(
  db: Kysely<Database>,
  access: OrganizationAccess,
  { from, to }: TimeSpan,
): Promise<number[]> {
  const quarters = (to - from) / QUARTER_MS;
  const changeOfCount = new Array<number>(quarters + 1).fill(0);
  const troubles = new Map<number, Trouble>();
  const add = (first: number, after: number) => {
    changeOfCount[first] = (changeOfCount[first] ?? 0) + 1;
    changeOfCount[after] = (changeOfCount[after] ?? 0) - 1;
  };
  const end = (trouble: Trouble, lastQuarter: number) => {
    if (trouble.since === null) return;
    const first = Math.max(trouble.since, trouble.countedUpTo);
    if (first <= lastQuarter) add(first, lastQuarter + 1);
    trouble.countedUpTo = Math.max(trouble.countedUpTo, lastQuarter + 1);
    trouble.since = null;
  };

  for await (const changes of listQuarterChanges(db, access, { from, to })) {
    const unknown = changes.map(({ posServerId }) => posServerId).filter((id) => !troubles.has(id));
    for (const { posServerId, state } of await listLastTransitions(db, [...new Set(unknown)], from - 1)) {
      troubles.set(posServerId, { since: isFailing(state) ? 0 : null, countedUpTo: 0 });
    }
    for (const { posServerId, at, state } of changes) {
      const quarter = Math.floor((at - from) / QUARTER_MS);
      const trouble = troubles.get(posServerId) ?? { since: null, countedUpTo: 0 };
      troubles.set(posServerId, trouble);
      if (isFailing(state)) trouble.since ??= quarter;
      else end(trouble, quarter);
    }
  }
  for (const trouble of troubles.values()) end(trouble, quarters - 1);

  let count = await countSince(db, access, ["problem_since", "<=", from]);
  return changeOfCount.slice(0, quarters).map((change) => {
    count += change;
    return count;
  });
}

/** In quarters from the first one on. */
interface Trouble {
  /** When it began; null while the exchange works. */
  since: number | null;
  /** Up to here, this one aside, the POS server is counted already. */
  countedUpTo: number;
}

function isFailing(state: PosServerState | "parked"): boolean {
  return PROBLEM_STATES.some((failing) => failing === state);
}

/** Those that have not exchanged all the time since then; or those whose trouble ended since then, and began no more. */
export async function countSince(
  db: Kysely<Database>,
  access: OrganizationAccess,
  [column, comparison, at]: ["problem_since", "<=", number] | ["recovered_at", ">=", number],
): Promise<number> {
  const { posServers } = await db
    .selectFrom("pos_status")
    .select(({ fn }) => fn.countAll<number>().as("posServers"))
    .where(column, comparison, at)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "organization_id"))
    .executeTakeFirstOrThrow();
  return posServers;
}
