import { HOUR_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import { countGuessed } from "./evidence.ts";
import { COUNTED_STATES, type PosServerState, PROBLEM_STATES } from "./state.ts";

export type StateCounts = Partial<Record<PosServerState | "parked", number>>;

/** How long a problem is new, and a recovery recent. */
export const LATELY_MS = HOUR_MS;

/** Of what this viewer may see. @param organizationId null = of all organizations. */
export async function countStates(
  db: Db,
  access: OrganizationAccess,
  organizationId: number | null = null,
): Promise<StateCounts> {
  const rows = await db
    .selectFrom("stateCount")
    .innerJoin("organization", "organization.id", "stateCount.organizationId")
    .select(["state", ({ fn }) => fn.sum<number>("posServers").as("posServers")])
    .where("organization.archivedAt", "is", null)
    .where(isVisibleTo(access, "organizationId"))
    .$if(organizationId !== null, (query) => query.where("organizationId", "=", organizationId ?? 0))
    .groupBy("state")
    .execute();
  return Object.fromEntries(rows.map(({ state, posServers }) => [state, posServers]));
}

/**
 * Counts problems and their changes within the last hour, of what this viewer may see at `now` (ms UTC). `posServers`: how
 * many count; `guessed`: how many exchange by a guess.
 * @param counts of all of them, by state.
 */
export async function summarizeFleet(db: Db, access: OrganizationAccess, counts: StateCounts, now: number) {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    problems: sum(PROBLEM_STATES.map((state) => counts[state] ?? 0)),
    posServers: sum(COUNTED_STATES.map((state) => counts[state] ?? 0)),
    closed: counts.closed ?? 0,
    pending: counts.pending ?? 0,
    ...(await countChanges(db, access, now - LATELY_MS)),
    guessed: await countGuessed(db, access),
  };
}

async function countChanges(db: Db, access: OrganizationAccess, since: number) {
  const countSince = (column: "problemSince" | "recoveredAt") =>
    db
      .selectFrom("posStatus")
      .where(column, ">", since)
      .where("standing", "=", "active")
      .where(isVisibleTo(access, "organizationId"))
      .select(({ fn }) => fn.countAll<number>().as("count"));
  return await db
    .selectNoFrom([countSince("problemSince").as("newProblems"), countSince("recoveredAt").as("recovered")])
    .$castTo<{ newProblems: number; recovered: number }>()
    .executeTakeFirstOrThrow();
}

/** Without parked POS servers and archived organizations. */
export async function countFleet(db: Db): Promise<number> {
  const { posServers } = await db
    .selectFrom("stateCount")
    .innerJoin("organization", "organization.id", "stateCount.organizationId")
    .select(({ fn }) => fn.sum<number>("posServers").as("posServers"))
    .where("state", "!=", "parked")
    .where("organization.archivedAt", "is", null)
    .executeTakeFirstOrThrow();
  return posServers ?? 0;
}

export async function listOrganizations(db: Db, access: OrganizationAccess) {
  return await db
    .selectFrom("organization")
    .select(["id", "name", "crmId"])
    .where(isShownTo(access))
    .orderBy("nameSort")
    .orderBy("id")
    .execute();
}
