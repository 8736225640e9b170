import type { InferResult } from "kysely";
import type { Db } from "../../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { COMMAND_WAIT_MS, MAX_DRIFT_MS } from "../../requests/waiting.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";
import { CLOCK_ERROR_MS, FOLLOW_EVERY_MS, WAIT_FOR_PERSON_MS } from "./limits.ts";

export type FoundReset = InferResult<ReturnType<typeof selectResets>>[number];

/** With its POS server; null when there is none that may be seen. */
export async function findDatabaseReset(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<FoundReset | null> {
  const query = selectResets(db).where("databaseReset.id", "=", id).where(isShownTo(access));
  return (await query.executeTakeFirst()) ?? null;
}

export async function findOpenReset(db: Db, id: number): Promise<FoundReset | null> {
  const query = selectResets(db).where("databaseReset.id", "=", id).where("finishedAt", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

export async function findOpenResetOf(db: Db, posServerId: number): Promise<FoundReset | null> {
  const query = selectResets(db).where("posServer.id", "=", posServerId).where("finishedAt", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

function selectResets(db: Db) {
  return db
    .selectFrom("databaseReset")
    .innerJoin("posServer", "posServer.id", "databaseReset.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["databaseReset.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["idempotencyKey", "databaseReset.identity", "startService"])
    .select("databaseReset.agentMachine")
    .select(["step", "stepAt", "commandStep", "begunAt"])
    .select(["resetAt", "followedAt", "syncedAt", "runsAt"])
    .select(["logRequestId", "movedFiles", "movedBytes"]);
}

export async function listResetSteps(db: Db, resetId: number) {
  return await db
    .selectFrom("databaseResetStep")
    .select(["step", "at", "detail"])
    .where("databaseResetId", "=", resetId)
    .orderBy("id")
    .execute();
}

/** Ids of the resets that are due (`isDue`) at `now` (ms UTC), and of those with times in the future. */
export async function listResetsToWorkOn(db: Db, now: number): Promise<number[]> {
  const rows = await db
    .selectFrom("databaseReset")
    .innerJoin("posStatus", "posStatus.posServerId", "databaseReset.posServerId")
    .leftJoin("logRequest", "logRequest.id", "databaseReset.logRequestId")
    .select("databaseReset.id")
    .where("databaseReset.finishedAt", "is", null)
    .where(({ eb, fn, and, or, ref }) => {
      const step = ref("databaseReset.step");
      const isWaitOver = eb("stepAt", "<=", now - WAIT_FOR_PERSON_MS);
      const isServiceBack = and([
        eb("serviceState", "=", "running"),
        eb("serviceReportedAt", "=", ref("lastUpdateAt")),
        eb("lastUpdateAt", ">=", eb("stepAt", "+", CLOCK_ERROR_MS)),
      ]);
      const followedAt = fn.coalesce("followedAt", "stepAt");
      const expiresAt = ref("databaseReset.expiresAt");
      const isTooLate = or([
        eb(expiresAt, "<=", now),
        eb(expiresAt, ">", now + COMMAND_WAIT_MS + MAX_DRIFT_MS),
      ]);
      const isPollDue = or([eb(followedAt, "<=", now - FOLLOW_EVERY_MS), eb(followedAt, ">", now)]);
      return or([
        eb("stepAt", ">", now + CLOCK_ERROR_MS),
        eb(step, "=", "resetting"),
        and([
          eb(step, "=", "fetching_logs"),
          or([eb("logRequest.id", "is", null), eb("logRequest.finishedAt", "is not", null), isTooLate]),
        ]),
        and([eb(step, "=", "awaiting_decision"), isWaitOver]),
        and([eb(step, "=", "awaiting_start"), or([isWaitOver, isServiceBack])]),
        and([eb(step, "=", "awaiting_sync"), isPollDue]),
      ]);
    })
    .orderBy("databaseReset.id")
    .execute();
  return rows.map(({ id }) => id);
}
