import { sql } from "kysely";
import { DAY_MS } from "../../../protocol/time-units.ts";
import type { Db } from "../../database/schema.ts";
import { isClaimed } from "../../requests/claims.ts";
import { MOST_PAUSE_MS, selectUsable } from "./channel-standing.ts";

/** Messages of incidents that are over are not sent after this time, and reports of a week once the next one is there. */
const STALE_AFTER_MS = DAY_MS;
const REPORT_STALE_AFTER_MS = 7 * DAY_MS;
/** A message that has failed more often lets others pass: its content may be the reason. */
const TRIES_IN_FRONT = 3;

/** The oldest delivery of each channel that may be sent at `now` (ms UTC), refused ones last. Working channels come first. */
export async function listDue(db: Db, now: number): Promise<{ id: number; channelId: number }[]> {
  const rows = await selectUsable(db)
    .select("channel.id as channelId")
    .select(({ selectFrom }) =>
      selectFrom("delivery")
        .select("delivery.id")
        .whereRef("delivery.channelId", "=", "channel.id")
        .where("finishedAt", "is", null)
        .where(({ not }) => not(isAhead("dueAt", now)))
        // The messages of one incident keep their order.
        .where(({ not, exists, selectFrom }) => {
          const earlier = selectFrom("delivery as earlier")
            .select("earlier.id")
            .whereRef("earlier.messageId", "=", "delivery.messageId")
            .whereRef("earlier.id", "<", "delivery.id")
            .where("earlier.finishedAt", "is", null);
          return not(exists(earlier));
        })
        .orderBy(
          sql`case when delivery.failure_code = 'recipient' or attempts >= ${TRIES_IN_FRONT} then tried_at else 0 end`,
        )
        .orderBy("delivery.id")
        .limit(1)
        .as("id"),
    )
    .where(({ not }) => not(isAhead("channel.retryAt", now)))
    .orderBy("channel.failedTries")
    .execute();
  return rows.flatMap(({ id, channelId }) => (id === null ? [] : [{ id, channelId }]));
}

/** Whether a time lies ahead; not further than any pause, in case the clock was turned back. */
function isAhead(column: "dueAt" | "channel.retryAt", now: number) {
  return sql<boolean>`coalesce(${sql.ref(column)}, 0) between ${now + 1} and ${now + MOST_PAUSE_MS}`;
}

export type Delivery = NonNullable<Awaited<ReturnType<typeof findDelivery>>>;

/** undefined = it is finished or gone. */
export async function findDelivery(db: Db, id: number) {
  return await db
    .selectFrom("delivery")
    .innerJoin("channel", "channel.id", "delivery.channelId")
    .leftJoin("message", "message.id", "delivery.messageId")
    .select(["delivery.id", "delivery.channelId", "delivery.kind", "text", "key", "attempts"])
    .select(["messageId", "aboutChannelId", "reference"])
    .select(["channel.deliveredAt", "incidentId", "ruleId"])
    .select(["said", "saidDigest", "dueAt", "triedAt"])
    .where("delivery.id", "=", id)
    .where("finishedAt", "is", null)
    .executeTakeFirst();
}

/** Drops deliveries that have waited for a day, unless the incident lasts, or was last reported as failing. */
export async function dropStale(db: Db, now: number): Promise<void> {
  await db
    .updateTable("delivery")
    .set({ finishedAt: now, outcome: "given_up" })
    .where("finishedAt", "is", null)
    .where(({ eb }) => {
      const patience = eb
        .case()
        .when("kind", "=", "report")
        .then(REPORT_STALE_AFTER_MS)
        .else(STALE_AFTER_MS)
        .end();
      return eb("queuedAt", "<", eb(eb.val(now), "-", patience));
    })
    .where(({ not }) => not(isClaimed()))
    .where(({ not, exists, selectFrom }) => {
      const lasting = selectFrom("message")
        .innerJoin("incident", "incident.id", "message.incidentId")
        .select("message.id")
        .whereRef("message.id", "=", "delivery.messageId")
        .where(({ or, eb }) => or([eb("incident.closedAt", "is", null), eb("said", "=", "failing")]));
      return not(exists(lasting));
    })
    .execute();
}
