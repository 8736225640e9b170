import { type Kysely, type SqlBool, sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { IncidentEnd } from "./incident.ts";
import {
  beginAnew,
  beginningColumns,
  causeColumns,
  changeCause,
  noteEvents,
  noteLastJoined,
  noteSilence,
  restoreCause,
} from "./incident-rows.ts";
import type { IncidentStep } from "./next-steps.ts";
import { type Failing, joinedAtOf, type Trouble } from "./trouble.ts";

/** A POS server, what it has, and what follows from that. */
export interface DecidedStep {
  id: number;
  organizationId: number;
  trouble: Trouble;
  steps: readonly IncidentStep[];
}
type StepOf<Kind extends IncidentStep["do"]> = Omit<DecidedStep, "steps"> & {
  step: Extract<IncidentStep, { do: Kind }>;
};

/** Carries out what was decided of some POS servers at `now` (ms UTC). */
export async function carryOutSteps(
  trx: Kysely<Database>,
  decided: readonly DecidedStep[],
  now: number,
): Promise<void> {
  const stepsOf = <Kind extends IncidentStep["do"]>(kind: Kind) =>
    decided.flatMap(({ steps, ...posServer }) =>
      steps.flatMap((step) => (step.do === kind ? [{ ...posServer, step } as StepOf<Kind>] : [])),
    );
  const joins = stepsOf("join");
  const reopens = stepsOf("reopen");
  const resumes = stepsOf("resume");
  const pauses = stepsOf("pause");
  const leaves = stepsOf("leave");
  const resumedIds = distinct(resumes.map(({ step }) => step.incidentId));
  const wholeResumed = await listCalm(trx, resumedIds);

  for (const { step } of stepsOf("begin_anew")) await beginAnew(trx, step, now);
  for (const { step } of stepsOf("restore_cause")) await restoreCause(trx, step.incidentId, step.cause, now);
  for (const [by, left] of Map.groupBy(leaves, ({ step }) => step.by)) await leave(trx, left, by, now);
  await setStatus(trx, stepsOf("suspend"), "suspended");
  for (const [partOf, parts] of Map.groupBy(joins, ({ step }) => step.incidentId)) {
    const partIds = parts.flatMap(({ step }) => step.part ?? []);
    await endAsParts(trx, partIds, partOf, now);
    await noteLastJoined(trx, partOf, Math.max(...parts.map(({ trouble }) => joinedAtOf(trouble, now))));
  }
  const opened = await openSingles(trx, stepsOf("open"));
  for (const { step, trouble } of reopens) await openAgain(trx, step.incidentId, failing(trouble), now);
  await enter(trx, [
    ...opened,
    ...[...joins, ...reopens].map(({ id, organizationId, trouble, step }) => ({
      ...{ id, organizationId, incidentId: step.incidentId },
      joinedAt: joinedAtOf(trouble, now),
    })),
  ]);
  await setStatus(trx, pauses, "paused");
  await setStatus(trx, resumes, "failing");
  for (const { step, trouble } of stepsOf("change_cause"))
    await changeCause(trx, step.incidentId, failing(trouble), now);
  for (const { step } of stepsOf("note_silence")) await noteSilence(trx, step, now);
  const calm = await listCalm(trx, distinct(pauses.map(({ step }) => step.incidentId)));
  await noteEvents(trx, calm, "paused", now);
  await noteEvents(trx, wholeResumed, "resumed", now);
  const entered = [...joins, ...reopens].map(({ step }) => step.incidentId);
  await noteReopenings(trx, distinct([...entered, ...resumedIds]), now);
}

function failing(trouble: Trouble): Failing {
  if (trouble.kind !== "failing") throw new Error(`nothing fails: ${trouble.kind}`);
  return trouble;
}

function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)];
}

/** Of these incidents: those in which nobody fails. */
async function listCalm(trx: Kysely<Database>, incidentIds: readonly number[]): Promise<number[]> {
  if (incidentIds.length === 0) return [];
  const rows = await trx
    .selectFrom("incident")
    .select("id")
    .where("id", "in", incidentIds)
    .where("failing", "=", 0)
    .execute();
  return rows.map(({ id }) => id);
}

/** Who recovered did so when its poll told it; all else ends now. */
async function leave(
  trx: Kysely<Database>,
  left: readonly StepOf<"leave">[],
  by: IncidentEnd,
  now: number,
): Promise<void> {
  await trx
    .updateTable("incident_member")
    .set({
      status: "left",
      left_by: by,
      left_at:
        by === "recovered"
          ? sql<number>`max(joined_at, (
              select min(state_since, ${now}) from pos_status
              where pos_status.pos_server_id = incident_member.pos_server_id
            ))`
          : now,
    })
    .where(isMemberOf(left))
    .execute();
  await trx
    .updateTable("incident")
    .set({ silent_since: null })
    .where(
      "id",
      "in",
      left.map(({ step }) => step.incidentId),
    )
    .where("silent_since", "is not", null)
    .execute();
}

/** The members that these steps are about. */
function isMemberOf(steps: readonly { id: number; step: { incidentId: number } }[]) {
  const pairs = steps.map(({ id, step }) => sql`(${step.incidentId}, ${id})`);
  return sql<SqlBool>`(incident_id, pos_server_id) in (values ${sql.join(pairs)})`;
}

/** Ends incidents of single POS servers that have become parts of one of many. */
async function endAsParts(
  trx: Kysely<Database>,
  incidentIds: readonly number[],
  partOf: number,
  now: number,
): Promise<void> {
  if (incidentIds.length === 0) return;
  await trx
    .updateTable("incident_member")
    .set({ status: "left", left_by: "joined", left_at: now })
    .where("incident_id", "in", incidentIds)
    .execute();
  await trx
    .updateTable("incident")
    .set({ quiet_at: now, closed_at: now, ended_by: "joined", part_of_id: partOf })
    .where("id", "in", incidentIds)
    .execute();
}

interface Entering {
  id: number;
  organizationId: number;
  incidentId: number;
  joinedAt: number;
}

async function openSingles(
  trx: Kysely<Database>,
  posServers: readonly StepOf<"open">[],
): Promise<Entering[]> {
  if (posServers.length === 0) return [];
  const rows = posServers.map(({ id, trouble }) => {
    const { causeKey, example, since, causeSince } = failing(trouble);
    return {
      ...{ kind: "single" as const, pos_server_id: id, ...beginningColumns(since) },
      ...causeColumns(causeKey, example, causeSince ?? since),
    };
  });
  const opened = await trx
    .insertInto("incident")
    .values(rows)
    .returning(["id", "pos_server_id", "opened_at"])
    .execute();
  const idOf = new Map(opened.map((row) => [row.pos_server_id, row]));
  return posServers.map(({ id, organizationId }) => {
    const row = idOf.get(id);
    if (!row) throw new Error(`no incident was opened for the POS server ${id}`);
    return { id, organizationId, incidentId: row.id, joinedAt: row.opened_at };
  });
}

async function openAgain(trx: Kysely<Database>, id: number, trouble: Failing, now: number): Promise<void> {
  await trx.updateTable("incident").set({ closed_at: null, ended_by: null }).where("id", "=", id).execute();
  await changeCause(trx, id, trouble, now);
}

async function enter(trx: Kysely<Database>, entering: readonly Entering[]): Promise<void> {
  if (entering.length === 0) return;
  await trx
    .insertInto("incident_member")
    .values(
      entering.map(({ id, organizationId, incidentId, joinedAt }) => ({
        ...{ incident_id: incidentId, pos_server_id: id, organization_id: organizationId },
        ...{ status: "failing" as const, joined_at: joinedAt },
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["incident_id", "pos_server_id"]).doUpdateSet(({ eb, ref }) => ({
        ...{ status: "failing" as const, left_at: null, left_by: null },
        failures: eb(ref("incident_member.failures"), "+", 1),
      })),
    )
    .execute();
}

async function setStatus(
  trx: Kysely<Database>,
  steps: readonly StepOf<"suspend" | "pause" | "resume">[],
  status: "failing" | "suspended" | "paused",
): Promise<void> {
  if (steps.length === 0) return;
  await trx.updateTable("incident_member").set({ status }).where(isMemberOf(steps)).execute();
}

/** What was quiet and fails again has come back. */
async function noteReopenings(
  trx: Kysely<Database>,
  incidentIds: readonly number[],
  now: number,
): Promise<void> {
  if (incidentIds.length === 0) return;
  const reopened = await trx
    .selectFrom("incident")
    .select(["id", "quiet_at as quietAt"])
    .where("id", "in", incidentIds)
    .where("quiet_at", "is not", null)
    .where("failing", ">", 0)
    .execute();
  for (const { id, quietAt } of reopened)
    await noteEvents(trx, [id], "reopened", now, JSON.stringify({ quietAt }));
  await trx
    .updateTable("incident")
    .set(({ eb, ref }) => ({
      ...{ quiet_at: null, failing_since: now },
      reopenings: eb(ref("reopenings"), "+", 1),
    }))
    .where(
      "id",
      "in",
      reopened.map(({ id }) => id),
    )
    .execute();
}
