import type { InferResult } from "kysely";
import type { Db } from "../../database/schema.ts";
import { POS_SERVER_COLUMNS, REQUEST_COLUMNS } from "../../requests/request-columns.ts";
import { COMMAND_WAIT_MS, MAX_DRIFT_MS } from "../../requests/waiting.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";
import { CLOCK_ERROR_MS, FOLLOW_EVERY_MS, WAIT_FOR_PERSON_MS } from "./limits.ts";

export type FoundReset = InferResult<ReturnType<typeof selectResets>>[number];

/** Finds a reset with its POS server; null when there is none, or it is of somebody else's or an archived organization. */
export async function findDatabaseReset(
  db: Db,
  access: OrganizationAccess,
  id: number,
): Promise<FoundReset | null> {
  const query = selectResets(db).where("database_reset.id", "=", id).where(isShownTo(access));
  return (await query.executeTakeFirst()) ?? null;
}

/** Finds a reset that is not finished, for whoever works on it. */
export async function findOpenReset(db: Db, id: number): Promise<FoundReset | null> {
  const query = selectResets(db).where("database_reset.id", "=", id).where("finished_at", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

/** Finds the one open reset of a POS server. */
export async function findOpenResetOf(db: Db, posServerId: number): Promise<FoundReset | null> {
  const query = selectResets(db).where("pos_server.id", "=", posServerId).where("finished_at", "is", null);
  return (await query.executeTakeFirst()) ?? null;
}

function selectResets(db: Db) {
  return db
    .selectFrom("database_reset")
    .innerJoin("pos_server", "pos_server.id", "database_reset.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["database_reset.id", ...REQUEST_COLUMNS, ...POS_SERVER_COLUMNS])
    .select(["idempotency_key as idempotencyKey", "database_reset.identity", "start_service as startService"])
    .select("database_reset.agent_machine as agentMachine")
    .select(["step", "step_at as stepAt", "command_step as commandStep", "begun_at as begunAt"])
    .select([
      "reset_at as resetAt",
      "followed_at as followedAt",
      "synced_at as syncedAt",
      "runs_at as runsAt",
    ])
    .select(["log_request_id as logRequestId", "moved_files as movedFiles", "moved_bytes as movedBytes"]);
}

/** When a reset came to which step, in order. */
export async function listResetSteps(db: Db, resetId: number) {
  return await db
    .selectFrom("database_reset_step")
    .select(["step", "at", "detail"])
    .where("database_reset_id", "=", resetId)
    .orderBy("id")
    .execute();
}

/**
 * Ids of the resets that `isDue` lets go on at `now` (ms UTC), and of those whose times are ahead of the clock: so few
 * that nothing is claimed for nothing.
 */
export async function listResetsToWorkOn(db: Db, now: number): Promise<number[]> {
  const rows = await db
    .selectFrom("database_reset")
    .innerJoin("pos_status", "pos_status.pos_server_id", "database_reset.pos_server_id")
    .leftJoin("log_request", "log_request.id", "database_reset.log_request_id")
    .select("database_reset.id")
    .where("database_reset.finished_at", "is", null)
    .where(({ eb, fn, and, or, ref }) => {
      const step = ref("database_reset.step");
      const isWaitOver = eb("step_at", "<=", now - WAIT_FOR_PERSON_MS);
      const isServiceBack = and([
        eb("service_state", "=", "running"),
        eb("service_told_at", "=", ref("last_update_at")),
        eb("last_update_at", ">=", eb("step_at", "+", CLOCK_ERROR_MS)),
      ]);
      const followedAt = fn.coalesce("followed_at", "step_at");
      const expiresAt = ref("database_reset.expires_at");
      const isTooLate = or([
        eb(expiresAt, "<=", now),
        eb(expiresAt, ">", now + COMMAND_WAIT_MS + MAX_DRIFT_MS),
      ]);
      const isPollDue = or([eb(followedAt, "<=", now - FOLLOW_EVERY_MS), eb(followedAt, ">", now)]);
      return or([
        eb("step_at", ">", now + CLOCK_ERROR_MS),
        eb(step, "=", "resetting"),
        and([
          eb(step, "=", "fetching_logs"),
          or([eb("log_request.id", "is", null), eb("log_request.finished_at", "is not", null), isTooLate]),
        ]),
        and([eb(step, "=", "awaiting_decision"), isWaitOver]),
        and([eb(step, "=", "awaiting_start"), or([isWaitOver, isServiceBack])]),
        and([eb(step, "=", "awaiting_sync"), isPollDue]),
      ]);
    })
    .orderBy("database_reset.id")
    .execute();
  return rows.map(({ id }) => id);
}
