import { type ExpressionBuilder, type ExpressionWrapper, type Kysely, type SqlBool, sql } from "kysely";
import { PROGRAM, recordEvents } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";

/** Why a taking ends by itself. */
export const ENDS_BY_ITSELF = ["exchange", "time", "parked", "right"] as const;
type EndByItself = (typeof ENDS_BY_ITSELF)[number];
/** How a taking ended: by its person, by somebody else who took over, or by itself. */
export type TakingEnd = "person" | "taken_over" | EndByItself;

type Condition = (
  eb: ExpressionBuilder<Database, "taking">,
) => ExpressionWrapper<Database, "taking", SqlBool>;

/** SQLite takes no more than 32,766 values in a statement; an event has a dozen. */
const BATCH_EVENTS = 500;

/** Ends the takings of POS servers whose exchange works again; `now` (ms UTC) is when that was found out. */
export async function endTakingsOfRecovered(
  trx: Kysely<Database>,
  posServerIds: readonly number[],
  now: number,
): Promise<void> {
  if (posServerIds.length > 0)
    await end(trx, "exchange", now, (eb) => eb("pos_server_id", "in", posServerIds));
}

/** Ends the taking of a POS server that is parked: nobody is to do anything about it. */
export async function endTakingOfParked(
  trx: Kysely<Database>,
  posServerId: number,
  now: number,
): Promise<void> {
  await end(trx, "parked", now, (eb) => eb("pos_server_id", "=", posServerId));
}

/** Ends the takings whose time is over at `now` (ms UTC), of one POS server or of all. */
export async function endTakingsInTime(
  db: Kysely<Database>,
  now: number,
  posServerId?: number,
): Promise<void> {
  await end(db, "time", now, (eb) =>
    posServerId === undefined
      ? eb("ends_at", "<=", now)
      : eb.and([eb("ends_at", "<=", now), eb("pos_server_id", "=", posServerId)]),
  );
}

/** Ends the takings of people who may no longer see the POS server: blocked, without the right, of an archived organization. */
export async function endTakingsWithoutRight(db: Kysely<Database>, now: number): Promise<void> {
  await end(db, "right", now, ({ not, exists, selectFrom }) => not(exists(rightOfTaker({ selectFrom }))));
}

/** The same decision as `mayStillAct` makes for one. */
function rightOfTaker({ selectFrom }: Pick<ExpressionBuilder<Database, "taking">, "selectFrom">) {
  return selectFrom("user")
    .innerJoin("pos_server", (join) => join.onRef("pos_server.id", "=", "taking.pos_server_id"))
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .whereRef("user.id", "=", "taking.user_id")
    .where("user.is_blocked", "=", 0)
    .where("organization.archived_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("user.is_administrator", "=", 1),
        eb("user.has_all_organizations", "=", 1),
        eb.exists(
          eb
            .selectFrom("user_organization")
            .whereRef("user_organization.user_id", "=", "user.id")
            .whereRef("user_organization.organization_id", "=", "organization.id")
            .select(sql.lit(1).as("one")),
        ),
      ]),
    )
    .select(sql.lit(1).as("one"));
}

/** Ends all open takings that fit, in one statement, and records each of them. */
async function end(
  db: Kysely<Database>,
  ended_by: EndByItself,
  now: number,
  condition: Condition,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const ended = await trx
      .updateTable("taking")
      .set(({ fn }) => ({ ended_by, ended_at: fn<number>("min", ["ends_at", sql.val(now)]) }))
      .where("ended_at", "is", null)
      .where(condition)
      .returning(["pos_server_id as posServerId", "user_name as name"])
      .execute();
    for (let at = 0; at < ended.length; at += BATCH_EVENTS) {
      await record(trx, ended.slice(at, at + BATCH_EVENTS), ended_by, now);
    }
  });
}

async function record(
  trx: Kysely<Database>,
  ended: { posServerId: number; name: string }[],
  how: EndByItself,
  now: number,
): Promise<void> {
  const ids = ended.map(({ posServerId }) => posServerId);
  const posServers = await trx
    .selectFrom("pos_server")
    .select(["id", "name", "organization_id as organizationId"])
    .where("id", "in", ids)
    .execute();
  const found = new Map(posServers.map((posServer) => [posServer.id, posServer]));
  const events = ended.map(({ posServerId, name }) => ({
    action: "taking_end" as const,
    subject: found.get(posServerId)?.name ?? null,
    organizationId: found.get(posServerId)?.organizationId ?? null,
    posServerId,
    detail: [{ key: "takingEnded" as const, values: { name, end: how } }],
  }));
  await recordEvents(trx, PROGRAM, events, now);
}
