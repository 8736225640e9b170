import { type SqlBool, sql } from "kysely";
import { countRows } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import { queueTroubleChanges } from "../../restaurants/queue-changes.ts";
import { type CauseExample, findCauseExample, NO_ANSWER } from "../cause-example.ts";
import { COMES_BACK_WITHIN_MS } from "../flapping.ts";
import { type CommonIncident, type Crowd, commonStep, incidentOfCrowd, isSpreading } from "./common-step.ts";
import { type FoundCrowd, findCrowds } from "./crowds.ts";
import { beginningColumns, causeColumns, changeCause, openAgain } from "./incident-rows.ts";

/** An open common incident that POS servers with its cause may join. */
export interface JoinableIncident {
  id: number;
  joinedAt: number;
  failing: number;
  /** The start of its crowd, ms UTC; null = it has none. */
  crowdSince: number | null;
}

/**
 * Makes sure that every crowd of `enough` POS servers has an open incident (an old one, one that comes back, or a new one),
 * and queues the POS servers that may join it. @returns the open common incidents by their cause.
 */
export async function keepCommonIncidents(
  trx: Db,
  enough: number,
  now: number,
): Promise<Map<string, JoinableIncident>> {
  const crowdSince = new Map<number, number>();
  const known = new Set<string>();
  for (const incident of await listRecent(trx, now)) {
    if (incident.causeKey === null || !isSpreading(incident, enough, now)) continue;
    known.add(incident.causeKey);
    crowdSince.set(incident.id, incident.openedAt);
  }
  for (const crowd of await findCrowds(trx, enough, [...known])) {
    const id = await keepIncidentOf(trx, crowd, enough, now);
    if (id !== null) crowdSince.set(id, crowd.since);
  }
  const open = (await listRecent(trx, now)).filter(({ closedAt }) => closedAt === null);
  const joinable = new Map<string, JoinableIncident>();
  for (const { id, causeKey, joinedAt, failing } of open) {
    if (causeKey === null || joinable.has(causeKey)) continue;
    joinable.set(causeKey, { id, joinedAt, failing, crowdSince: crowdSince.get(id) ?? null });
  }
  return joinable;
}

async function keepIncidentOf(
  trx: Db,
  crowd: FoundCrowd,
  enough: number,
  now: number,
): Promise<number | null> {
  const incidents = await listRecent(trx, now);
  const known = incidentOfCrowd(crowd, incidents);
  if (known) return known.id;
  const step = commonStep(await countCrowd(trx, crowd), incidents, enough, now);
  const example = await findCauseExample(selectCrowd(trx, crowd));
  if (step.do === "nothing" || !example) return null;
  const id = step.do === "open" ? await openCommon(trx, crowd, example, now) : step.incidentId;
  if (step.do !== "open") await changeCause(trx, id, { causeKey: crowd.causeKey, example }, now);
  if (step.do === "reopen") await openAgain(trx, id);
  await queueTroubleChanges(trx, selectCrowd(trx, crowd).select("posServerId"));
  return id;
}

/** The common incidents that are open or were closed lately, newest first. */
async function listRecent(trx: Db, now: number): Promise<CommonIncident[]> {
  return await trx
    .selectFrom("incident")
    .leftJoin("cause", "cause.id", "causeId")
    .select(["incident.id", "causeKey", "openedAt", "joinedAt", "failing"])
    .select(["closedAt", "endedBy"])
    .where("kind", "=", "common")
    .where(({ or, eb }) => or([eb("closedAt", "is", null), eb("closedAt", ">=", now - COMES_BACK_WITHIN_MS)]))
    .orderBy("incident.id", "desc")
    .execute();
}

/** Counts all of a crowd, those in no common incident, and those in the one of another cause that most are in. */
async function countCrowd(trx: Db, crowd: FoundCrowd): Promise<Crowd> {
  const posServers = await countRows(selectCrowd(trx, crowd));
  const taken = await selectCrowd(trx, crowd)
    .innerJoin("incidentMember", "incidentMember.posServerId", "posStatus.posServerId")
    .innerJoin("incident", "incident.id", "incidentMember.incidentId")
    .leftJoin("cause", "cause.id", "causeId")
    .where("incidentMember.status", "!=", "left")
    .where("incident.kind", "=", "common")
    .where(sql<SqlBool>`(cause.cause_key is ${NO_ANSWER}) = (pos_status.cause_key is ${NO_ANSWER})`)
    .groupBy("incident.id")
    .select(({ fn }) => ["incident.id", "cause.causeKey", fn.countAll<number>().as("posServers")])
    .orderBy("posServers", "desc")
    .execute();
  const free = taken.reduce((left, incident) => left - incident.posServers, posServers);
  const incident = taken.find(({ causeKey }) => causeKey !== crowd.causeKey) ?? null;
  return { ...crowd, posServers, free, incident };
}

function selectCrowd(trx: Db, { causeKey, since }: FoundCrowd) {
  return trx
    .selectFrom("posStatus")
    .where("posStatus.causeKey", "=", causeKey)
    .where("standing", "=", "active")
    .where("causeSince", ">=", since)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("incident as own")
            .innerJoin("cause", "cause.id", "own.causeId")
            .select("own.id")
            .whereRef("own.posServerId", "=", "posStatus.posServerId")
            .where("own.closedAt", "is", null)
            .where("cause.causeKey", "=", causeKey)
            .where("own.causeAt", "<", since),
        ),
      ),
    );
}

async function openCommon(
  trx: Db,
  { causeKey, since }: FoundCrowd,
  example: CauseExample,
  now: number,
): Promise<number> {
  const openedAt = Math.min(since, now);
  const { id } = await trx
    .insertInto("incident")
    .values({
      kind: "common",
      ...(await causeColumns(trx, { causeKey, example }, openedAt)),
      ...beginningColumns(openedAt),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
