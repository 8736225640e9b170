import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { isShownTo, type OrganizationAccess } from "../../viewer/access.ts";
import { CLOCK_ERROR_MS, FOLLOW_EVERY_MS, WAIT_FOR_PERSON_MS } from "./limits.ts";

export type FoundReset = NonNullable<Awaited<ReturnType<typeof findDatabaseReset>>>;

/** Finds a reset with its POS server; null when there is none, or it is of somebody else's or an archived organization. */
export async function findDatabaseReset(db: Kysely<Database>, access: OrganizationAccess, id: number) {
  const row = await db
    .selectFrom("database_reset")
    .innerJoin("pos_server", "pos_server.id", "database_reset.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .selectAll("database_reset")
    .select([
      "pos_server.name",
      "organization.id as organizationId",
      "organization.name as organizationName",
      "organization.crm_id as crmId",
    ])
    .where("database_reset.id", "=", id)
    .where(isShownTo(access))
    .executeTakeFirst();
  return row ?? null;
}

export type OpenReset = NonNullable<Awaited<ReturnType<typeof findOpenReset>>>;

/** Finds a reset that is not finished, for whoever works on it. */
export async function findOpenReset(db: Kysely<Database>, id: number) {
  const row = await db
    .selectFrom("database_reset")
    .innerJoin("pos_server", "pos_server.id", "database_reset.pos_server_id")
    .selectAll("database_reset")
    .select(["pos_server.name", "pos_server.organization_id as organizationId"])
    .where("database_reset.id", "=", id)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** Finds the one open reset of a POS server. */
export async function findOpenResetOf(db: Kysely<Database>, posServerId: number) {
  const row = await db
    .selectFrom("database_reset")
    .select(["id", "step", "user_login", "user_name", "requested_at"])
    .where("pos_server_id", "=", posServerId)
    .where("finished_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

/** When a reset came to which step, in order. */
export async function listResetSteps(db: Kysely<Database>, resetId: number) {
  return await db
    .selectFrom("database_reset_step")
    .select(["step", "at", "detail"])
    .where("database_reset_id", "=", resetId)
    .orderBy("id")
    .execute();
}

/**
 * Ids of the resets that can go on at `now` (ms UTC). What waits for a person, for logs or for the start of the service
 * is left out until its time is over, or until what it waits for is there.
 */
export async function listResetsToWorkOn(db: Kysely<Database>, now: number): Promise<number[]> {
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
        eb("last_update_at", ">=", eb("step_at", "+", CLOCK_ERROR_MS)),
      ]);
      // Not by the last poll: a POS server that is polled more often than that would never be due.
      const followedAt = fn.coalesce("followed_at", "step_at");
      const isPollDue = or([eb(followedAt, "<=", now - FOLLOW_EVERY_MS), eb(followedAt, ">", now)]);
      return or([
        eb(step, "=", "resetting"),
        and([
          eb(step, "=", "fetching_logs"),
          or([eb("log_request.id", "is", null), eb("log_request.finished_at", "is not", null)]),
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
