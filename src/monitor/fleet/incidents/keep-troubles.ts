import type { Db } from "../../database/schema.ts";
import { EXAMPLE_COLUMNS, exampleOf } from "../cause-example.ts";
import { COMES_BACK_WITHIN_MS } from "../flapping.ts";
import { carryOutSteps, type DecidedStep } from "./carry-out-steps.ts";
import type { JoinableIncident } from "./common-incidents.ts";
import { belongsTo } from "./common-step.ts";
import { joinedAtOf, type Trouble, troubleOf } from "./incident.ts";
import { findFormerCauses } from "./incident-rows.ts";
import { type Membership, nextSteps, type PastIncident } from "./next-steps.ts";

interface Context {
  /** By cause; updated as POS servers join. */
  joinable: Map<string, JoinableIncident>;
  /** Common incidents whose cause nobody has any more, though some still fail. */
  pastIds: ReadonlySet<number>;
  enough: number;
  limit: number;
  now: number;
}

/** Decides about a batch of queued POS servers. @returns how many. */
export async function keepTroubles(trx: Db, context: Context): Promise<number> {
  const rows = await takeQueued(trx, context.limit);
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  const current = await findMemberships(trx, ids, context.joinable.size > 0);
  const free = ids.filter((id) => !current.has(id));
  const past = await findPast(trx, free, context.now);
  const decided = rows.map(({ id, organizationId, ...row }): DecidedStep => {
    const trouble = troubleOf({ ...row, example: exampleOf(row) }, context.now);
    const memberships = current.get(id) ?? [];
    const known = {
      current: memberships,
      past: past.get(id) ?? null,
      commonId: commonIdOf(trouble, memberships, context),
      pastIds: context.pastIds,
    };
    const steps = nextSteps(trouble, known, context.now);
    for (const step of steps) if (step.do === "join") noteJoining(trouble, step.incidentId, context);
    return { id, organizationId, trouble, steps };
  });
  await carryOutSteps(trx, decided, context.now);
  return rows.length;
}

async function takeQueued(trx: Db, limit: number) {
  const rows = await trx
    .selectFrom("troubleChange")
    .innerJoin("posStatus", "posStatus.posServerId", "troubleChange.posServerId")
    .select(["posStatus.posServerId as id", "organizationId", "standing"])
    .select(["causeKey", "causeSince", "problemSince"])
    .select(EXAMPLE_COLUMNS)
    .orderBy("troubleChange.posServerId")
    .limit(limit)
    .execute();
  const ids = rows.map(({ id }) => id);
  await trx.deleteFrom("troubleChange").where("posServerId", "in", ids).execute();
  return rows;
}

async function findMemberships(
  trx: Db,
  posServerIds: readonly number[],
  mayJoin: boolean,
): Promise<Map<number, Membership[]>> {
  const rows = await trx
    .selectFrom("incidentMember")
    .innerJoin("incident", "incident.id", "incidentMember.incidentId")
    .leftJoin("cause", "cause.id", "causeId")
    .select(["incidentMember.posServerId", "incident.id as incidentId", "kind", "status"])
    .select(["causeKey", "state", "causeAt", "failingSince"])
    .where("incidentMember.posServerId", "in", posServerIds)
    .where("status", "!=", "left")
    .execute();
  const own = rows.flatMap(({ kind, incidentId }) => (mayJoin && kind === "single" ? [incidentId] : []));
  const former = await findFormerCauses(trx, own);
  const found = new Map<number, Membership[]>();
  for (const { posServerId, status, ...incident } of rows) {
    if (posServerId === null || status === "left") continue;
    const before = former.get(incident.incidentId) ?? [];
    found.set(posServerId, [...(found.get(posServerId) ?? []), { ...incident, status, before }]);
  }
  return found;
}

async function findPast(
  trx: Db,
  posServerIds: readonly number[],
  now: number,
): Promise<Map<number, PastIncident>> {
  if (posServerIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom("incident")
    .select(["posServerId", "id as incidentId"])
    .select(["closedAt", "endedBy"])
    .where("posServerId", "in", posServerIds)
    .where(({ or, eb }) => or([eb("closedAt", "is", null), eb("closedAt", ">=", now - COMES_BACK_WITHIN_MS)]))
    .orderBy("id")
    .execute();
  return new Map(
    rows.flatMap(({ posServerId, ...past }) => (posServerId === null ? [] : [[posServerId, past]])),
  );
}

/** The cause counts from when the POS server's own incident came into it. */
function commonIdOf(
  trouble: Trouble,
  memberships: readonly Membership[],
  { joinable, enough }: Context,
): number | null {
  if (trouble.kind !== "failing" || trouble.causeKey === null) return null;
  const incident = joinable.get(trouble.causeKey);
  if (!incident) return null;
  const own = memberships.find(({ kind, causeKey }) => kind === "single" && causeKey === trouble.causeKey);
  const causeSince = own ? Math.min(own.causeAt, trouble.causeSince ?? own.causeAt) : trouble.causeSince;
  return belongsTo(incident, { causeSince, crowdSince: incident.crowdSince, enough }) ? incident.id : null;
}

function noteJoining(trouble: Trouble, incidentId: number, { joinable, now }: Context): void {
  const incident =
    trouble.kind === "failing" && trouble.causeKey ? joinable.get(trouble.causeKey) : undefined;
  if (incident?.id !== incidentId) return;
  incident.failing++;
  incident.joinedAt = Math.max(incident.joinedAt, joinedAtOf(trouble, now));
}
