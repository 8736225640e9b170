import type { Db } from "../database/schema.ts";
import { type ListQuery, selectSegmented } from "../filter/candidates.ts";
import type { PosServerFilter } from "../filter/filter.ts";
import { type CauseExample, findCauseExample, hashOfCause } from "../fleet/cause-example.ts";
import type { CommonFailure } from "../fleet/fleet.ts";
import { isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";

/** A cause that fewer of the viewer's POS servers have is no group, however many others have it. */
const GROUPED_FROM = 3;
const MAX_CAUSES = 20;

/** A cause that many POS servers came into at once, among those that the viewer sees in this list. */
export interface CommonCause {
  causeKey: string;
  hash: string;
  incidentId: number;
  posServers: number;
  organizations: number;
  /** When the first and the last of them came into it, ms UTC. */
  since: number;
  lastAt: number;
  example: CauseExample;
}

/** Whether a list shows common causes as one row: lists of one state, one cause or of changes do not. */
export function groupsCauses({ state, scope, causeKey, change, isByGuess }: PosServerFilter): boolean {
  return state === null && scope === "listed" && causeKey === null && change === null && !isByGuess;
}

/** The list of all with a cause within organization, search and order of another list. */
export function listOfCause(filter: PosServerFilter, causeKey: string): PosServerFilter {
  return { ...filter, causeKey, openCause: null, period: null, isSyncedHidden: false, page: 1 };
}

/** Finds the common causes within organization and search of a list, whatever its period, the widest first. */
export async function findCommonCauses(
  db: Db,
  query: ListQuery,
  failures: readonly CommonFailure[],
): Promise<CommonCause[]> {
  if (failures.length === 0) return [];
  const failureOf = new Map(failures.slice(0, MAX_CAUSES).map((failure) => [failure.causeKey, failure]));
  const affected = selectSegmented(db, query).where("standing", "=", "active");
  const groups = await affected
    .where("causeKey", "in", [...failureOf.keys()])
    .groupBy("causeKey")
    .having(({ fn }) => fn.countAll(), ">=", GROUPED_FROM)
    .select(({ fn }) => [
      "causeKey",
      fn.countAll<number>().as("posServers"),
      fn.count<number>("organizationId").distinct().as("organizations"),
      fn.max<number | null>("causeSince").as("lastAt"),
    ])
    .orderBy("posServers", "desc")
    .execute();

  const causes: CommonCause[] = [];
  for (const { causeKey, lastAt, ...counts } of groups) {
    const failure = failureOf.get(causeKey ?? "");
    if (causeKey === null || !failure) continue;
    const { incidentId, since } = failure;
    const example = await findCauseExample(affected.where("causeKey", "=", causeKey));
    if (!example) continue;
    causes.push({
      ...counts,
      causeKey,
      incidentId,
      since,
      hash: hashOfCause(causeKey),
      lastAt: Math.max(lastAt ?? since, since),
      example,
    });
  }
  return causes;
}

/** Counts the POS servers that somebody may see by common cause, the widest first. */
export async function countCommonCauses(
  db: Db,
  access: OrganizationAccess,
  failures: readonly CommonFailure[],
): Promise<Pick<CommonCause, "causeKey" | "hash" | "posServers">[]> {
  if (failures.length === 0) return [];
  const causeKeys = failures.slice(0, MAX_CAUSES).map(({ causeKey }) => causeKey);
  const groups = await db
    .selectFrom("posStatus")
    .where("causeKey", "in", causeKeys)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "organizationId"))
    .groupBy("causeKey")
    .having(({ fn }) => fn.countAll(), ">=", GROUPED_FROM)
    .select(({ fn }) => ["causeKey", fn.countAll<number>().as("posServers")])
    .orderBy("posServers", "desc")
    .execute();
  return groups.flatMap(({ causeKey, posServers }) =>
    causeKey === null ? [] : [{ causeKey, hash: hashOfCause(causeKey), posServers }],
  );
}
