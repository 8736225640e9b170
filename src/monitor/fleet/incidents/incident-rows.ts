import { sql } from "kysely";
import { hasRow } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import {
  adviceOnExample,
  type CauseExample,
  causeKeyOf,
  exampleOfIncident,
  knownAs,
} from "../cause-example.ts";
import { keepCauses } from "../kept-causes.ts";
import type { IncidentEventKind } from "./incident.ts";
import type { FormerCause } from "./next-steps.ts";

interface FoundCause {
  causeKey: string | null;
  example: CauseExample;
}

/** The columns of a cause, of which `keepCauses` keeps key and detail. */
export function describeCause({ causeKey, example }: FoundCause, at: number) {
  const cause = adviceOnExample(example, false)?.cause ?? null;
  return {
    causeKey,
    causeAt: at,
    knownAs: cause && knownAs(cause, causeKey),
    state: example.state,
    failureCode: example.failureCode,
    serviceState: example.serviceState,
    lastSyncAt: example.lastSyncAt,
    detail: example.text || null,
  };
}

/** Keeps a cause. @returns its columns. */
export async function causeColumns(trx: Db, cause: FoundCause, at: number) {
  const [columns] = await keepCauses(trx, [describeCause(cause, at)]);
  if (!columns) throw new Error("no cause was kept");
  return columns;
}

export function beginningColumns(at: number) {
  return { openedAt: at, joinedAt: at, failingSince: at };
}

/** Notes a new cause as an event; at the first change the first cause too. */
export async function changeCause(trx: Db, id: number, cause: FoundCause, now: number): Promise<void> {
  const before = await trx
    .selectFrom("incident")
    .leftJoin("cause", "cause.id", "causeId")
    .select(["causeKey", "state", "failureCode", "serviceState"])
    .select(["lastSyncAt", "detail", "openedAt"])
    .where("incident.id", "=", id)
    .executeTakeFirstOrThrow();
  if (before.causeKey === cause.causeKey && before.state === cause.example.state) return;
  const { knownAs, ...columns } = await causeColumns(trx, cause, now);
  // A repair stops the service, and after an error comes the wait for an exchange: no causes of their own.
  const isAftermath = cause.example.state === "sync_stale" || (await isUnderRepair(trx, id));
  await trx
    .updateTable("incident")
    .set(isAftermath ? columns : { ...columns, knownAs })
    .where("id", "=", id)
    .execute();
  if (!(await hasNotedCause(trx, id))) {
    const first = JSON.stringify(exampleOfIncident(before));
    await noteEvents(trx, [id], "cause", before.openedAt, first);
  }
  await noteEvents(trx, [id], "cause", now, JSON.stringify(cause.example));
}

/** Whether a repair of a single incident's POS server has begun, and what became of it is not known yet. */
async function isUnderRepair(trx: Db, incidentId: number): Promise<boolean> {
  const posServerId = trx.selectFrom("incident").select("posServerId").where("id", "=", incidentId);
  const open = await trx
    .selectFrom("databaseReset")
    .select("id")
    .where("posServerId", "=", posServerId)
    .where("begunAt", "is not", null)
    .where("finishedAt", "is", null)
    .unionAll(({ selectFrom }) =>
      selectFrom("serviceStart")
        .select("id")
        .where("posServerId", "=", posServerId)
        .where("startedAt", "is not", null)
        .where(({ or, eb }) => or([eb("finishedAt", "is", null), eb("exchange", "=", "awaited")])),
    )
    .executeTakeFirst();
  return open !== undefined;
}

export async function openAgain(trx: Db, id: number): Promise<void> {
  await trx.updateTable("incident").set({ closedAt: null, endedBy: null }).where("id", "=", id).execute();
}

export async function restoreCause(
  trx: Db,
  id: number,
  { causeKey, causeAt, example }: FormerCause,
  now: number,
): Promise<void> {
  await trx
    .updateTable("incident")
    .set(await causeColumns(trx, { causeKey, example }, causeAt))
    .where("id", "=", id)
    .execute();
  await noteEvents(trx, [id], "cause", now, JSON.stringify(example));
}

/** Counts a return after an exchange that no poll saw. */
export async function beginAnew(
  trx: Db,
  { incidentId, since }: { incidentId: number; since: number },
  now: number,
): Promise<void> {
  await trx
    .updateTable("incident")
    .set(({ eb, ref }) => ({
      downMs: sql<number>`down_ms + ${since} - failing_since`,
      failingSince: since,
      reopenings: eb(ref("reopenings"), "+", 1),
    }))
    .where("id", "=", incidentId)
    .execute();
  await noteEvents(trx, [incidentId], "reopened", now, JSON.stringify({ quietAt: since }));
}

/** Counts a return of those that were quiet and fail again. */
export async function noteReopenings(trx: Db, incidentIds: readonly number[], now: number): Promise<void> {
  if (incidentIds.length === 0) return;
  const reopened = await trx
    .selectFrom("incident")
    .select(["id", "quietAt"])
    .where("id", "in", incidentIds)
    .where("quietAt", "is not", null)
    .where("failing", ">", 0)
    .execute();
  for (const { id, quietAt } of reopened)
    await noteEvents(trx, [id], "reopened", now, JSON.stringify({ quietAt }));
  const ids = reopened.map(({ id }) => id);
  await trx
    .updateTable("incident")
    .set(({ eb, ref }) => ({
      quietAt: null,
      failingSince: now,
      reopenings: eb(ref("reopenings"), "+", 1),
    }))
    .where("id", "in", ids)
    .execute();
}

export async function noteLastJoined(trx: Db, incidentId: number, at: number): Promise<void> {
  await trx
    .updateTable("incident")
    .set(({ fn, ref, val }) => ({ joinedAt: fn<number>("max", [ref("joinedAt"), val(at)]) }))
    .where("id", "=", incidentId)
    .execute();
}

/** The former causes of incidents since they last came back, newest first. */
export async function findFormerCauses(
  trx: Db,
  incidentIds: readonly number[],
): Promise<Map<number, FormerCause[]>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom("incidentEvent")
    .select(["incidentId", "kind", "at", "detail"])
    .where("incidentId", "in", incidentIds)
    .where("kind", "in", ["cause", "reopened"])
    .orderBy("id", "desc")
    .execute();
  const found = Map.groupBy(rows, ({ incidentId }) => incidentId);
  return new Map(
    [...found].map(([id, events]) => [
      id,
      causesSinceBack(events).map(({ at, detail }) => {
        const example: CauseExample = JSON.parse(detail ?? "");
        return { causeKey: causeKeyOf(example), causeAt: at, example };
      }),
    ]),
  );
}

/** All causes but the present one, back to the one of the last return. @param events newest first. */
function causesSinceBack<Event extends { kind: string; at: number }>(events: readonly Event[]): Event[] {
  const backAt = events.find(({ kind }) => kind === "reopened")?.at ?? 0;
  const causes = events.filter(({ kind }) => kind === "cause");
  const first = causes.findIndex(({ at }) => at <= backAt);
  return first < 0 ? causes.slice(1) : causes.slice(1, first + 1);
}

async function hasNotedCause(trx: Db, incidentId: number): Promise<boolean> {
  return await hasRow(
    trx.selectFrom("incidentEvent").where("incidentId", "=", incidentId).where("kind", "=", "cause"),
  );
}

export async function noteEvents(
  trx: Db,
  incidentIds: readonly number[],
  kind: IncidentEventKind,
  now: number,
  detail: string | null = null,
): Promise<void> {
  if (incidentIds.length === 0) return;
  const rows = incidentIds.map((incidentId) => ({ incidentId, at: now, kind, detail }));
  await trx.insertInto("incidentEvent").values(rows).execute();
}
