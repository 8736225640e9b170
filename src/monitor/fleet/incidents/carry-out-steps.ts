import { type SqlBool, sql } from "kysely";
import type { Db } from "../../database/schema.ts";
import { queueIncidentChanges } from "../../restaurants/queue-changes.ts";
import { keepCauses } from "../kept-causes.ts";
import { type Failing, type IncidentEnd, joinedAtOf, type Trouble } from "./incident.ts";
import {
  beginAnew,
  beginningColumns,
  changeCause,
  describeCause,
  noteEvents,
  noteLastJoined,
  noteReopenings,
  openAgain,
  restoreCause,
} from "./incident-rows.ts";
import type { IncidentStep } from "./next-steps.ts";

export interface DecidedStep {
  id: number;
  organizationId: number;
  trouble: Trouble;
  steps: readonly IncidentStep[];
}
type StepOf<Kind extends IncidentStep["do"]> = Omit<DecidedStep, "steps"> & {
  step: Extract<IncidentStep, { do: Kind }>;
};
type AnyStep = StepOf<IncidentStep["do"]>;

/** Carries out what was decided at `now` (ms UTC), and queues the incidents of which something may have to be notified. */
export async function carryOutSteps(trx: Db, decided: readonly DecidedStep[], now: number): Promise<void> {
  const all: AnyStep[] = decided.flatMap(({ steps, ...posServer }) =>
    steps.map((step) => ({ ...posServer, step })),
  );
  const stepsOf = <Kind extends IncidentStep["do"]>(kind: Kind) =>
    all.filter((one): one is StepOf<Kind> => one.step.do === kind);
  const joins = stepsOf("join");
  const reopens = stepsOf("reopen");
  const resumes = stepsOf("resume");
  const pauses = stepsOf("pause");
  const leaves = stepsOf("leave");
  const resumedIds = distinct(resumes.map(({ step }) => step.incidentId));
  const wholeResumed = await listCalm(trx, resumedIds);

  await setStatus(trx, resumes, "failing");
  for (const { step } of stepsOf("begin_anew")) await beginAnew(trx, step, now);
  for (const { step } of stepsOf("restore_cause")) await restoreCause(trx, step.incidentId, step.cause, now);
  for (const [by, left] of Map.groupBy(leaves, ({ step }) => step.by)) await leave(trx, left, by, now);
  for (const [partOf, parts] of Map.groupBy(joins, ({ step }) => step.incidentId)) {
    const partIds = parts.flatMap(({ step }) => step.part ?? []);
    await endAsParts(trx, partIds, partOf, now);
    await noteLastJoined(trx, partOf, Math.max(...parts.map(({ trouble }) => joinedAtOf(trouble, now))));
  }
  const opened = await openSingles(trx, stepsOf("open"));
  for (const { step, trouble } of reopens) {
    await openAgain(trx, step.incidentId);
    await changeCause(trx, step.incidentId, failing(trouble), now);
  }
  await enter(trx, [
    ...opened,
    ...[...joins, ...reopens].map(({ id, organizationId, trouble, step }) => ({
      posServerId: id,
      organizationId,
      incidentId: step.incidentId,
      joinedAt: joinedAtOf(trouble, now),
    })),
  ]);
  await setStatus(trx, pauses, "paused");
  for (const { step, trouble } of stepsOf("change_cause"))
    await changeCause(trx, step.incidentId, failing(trouble), now);
  const calm = await listCalm(trx, distinct(pauses.map(({ step }) => step.incidentId)));
  await noteEvents(trx, calm, "paused", now);
  await noteEvents(trx, wholeResumed, "resumed", now);
  const entered = [...joins, ...reopens].map(({ step }) => step.incidentId);
  await noteReopenings(trx, distinct([...entered, ...resumedIds]), now);
  const openedIds = opened.map(({ incidentId }) => incidentId);
  await queueIncidentChanges(trx, distinct([...openedIds, ...all.flatMap(concernedBy)]));
  await queueIncidentChanges(trx, selectTold(trx, decided));
}

/** The open incidents of these POS servers of which messages were sent: those say how it is now. */
function selectTold(trx: Db, posServers: readonly { id: number }[]) {
  const ids = posServers.map(({ id }) => id);
  return trx
    .selectFrom("incident")
    .innerJoin("message", "message.incidentId", "incident.id")
    .select("incident.id")
    .where("posServerId", "in", ids)
    .where("closedAt", "is", null);
}

function concernedBy({ step }: AnyStep): number[] {
  if (step.do === "open") return [];
  return step.do === "join" && step.part !== null ? [step.incidentId, step.part] : [step.incidentId];
}

function failing(trouble: Trouble): Failing {
  if (trouble.kind !== "failing") throw new Error(`nothing fails: ${trouble.kind}`);
  return trouble;
}

function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}

async function listCalm(trx: Db, incidentIds: readonly number[]): Promise<number[]> {
  if (incidentIds.length === 0) return [];
  const rows = await trx
    .selectFrom("incident")
    .select("id")
    .where("id", "in", incidentIds)
    .where("failing", "=", 0)
    .execute();
  return rows.map(({ id }) => id);
}

/** A recovery counts from the poll that showed it, everything else from now. */
async function leave(trx: Db, left: readonly StepOf<"leave">[], by: IncidentEnd, now: number): Promise<void> {
  await trx
    .updateTable("incidentMember")
    .set({
      status: "left",
      leftBy: by,
      leftAt:
        by === "recovered"
          ? sql<number>`max(joined_at, (
              select min(state_since, ${now}) from pos_status
              where pos_status.pos_server_id = incident_member.pos_server_id
            ))`
          : now,
    })
    .where(isMemberOf(left))
    .execute();
}

function isMemberOf(steps: readonly { id: number; step: { incidentId: number } }[]) {
  const pairs = steps.map(({ id, step }) => sql`(${step.incidentId}, ${id})`);
  return sql<SqlBool>`(incident_id, pos_server_id) in (values ${sql.join(pairs)})`;
}

async function endAsParts(trx: Db, incidentIds: readonly number[], partOfId: number, now: number) {
  if (incidentIds.length === 0) return;
  await trx
    .updateTable("incidentMember")
    .set({ status: "left", leftBy: "joined", leftAt: now })
    .where("incidentId", "in", incidentIds)
    .execute();
  await trx
    .updateTable("incident")
    .set({ quietAt: now, closedAt: now, endedBy: "joined", partOfId })
    .where("id", "in", incidentIds)
    .execute();
}

type Entering = Record<"incidentId" | "posServerId" | "organizationId" | "joinedAt", number>;

async function openSingles(trx: Db, posServers: readonly StepOf<"open">[]): Promise<Entering[]> {
  if (posServers.length === 0) return [];
  const rows = posServers.map(({ id, trouble }) => {
    const { causeKey, example, since, causeSince } = failing(trouble);
    return {
      kind: "single" as const,
      posServerId: id,
      ...beginningColumns(since),
      ...describeCause({ causeKey, example }, causeSince ?? since),
    };
  });
  const opened = await trx
    .insertInto("incident")
    .values(await keepCauses(trx, rows))
    .returning(["id", "posServerId", "openedAt"])
    .execute();
  const idOf = new Map(opened.map((row) => [row.posServerId, row]));
  return posServers.map(({ id, organizationId }) => {
    const row = idOf.get(id);
    if (!row) throw new Error(`no incident was opened for the POS server ${id}`);
    return { posServerId: id, organizationId, incidentId: row.id, joinedAt: row.openedAt };
  });
}

async function enter(trx: Db, entering: readonly Entering[]): Promise<void> {
  if (entering.length === 0) return;
  await trx
    .insertInto("incidentMember")
    .values(entering.map((member) => ({ ...member, status: "failing" as const })))
    .onConflict((conflict) =>
      conflict.columns(["incidentId", "posServerId"]).doUpdateSet(({ eb, ref }) => ({
        status: "failing" as const,
        leftAt: null,
        leftBy: null,
        failures: eb(ref("incidentMember.failures"), "+", 1),
      })),
    )
    .execute();
}

async function setStatus(
  trx: Db,
  steps: readonly StepOf<"pause" | "resume">[],
  status: "failing" | "paused",
): Promise<void> {
  if (steps.length === 0) return;
  await trx.updateTable("incidentMember").set({ status }).where(isMemberOf(steps)).execute();
}
