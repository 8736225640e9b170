import type { Db } from "../../database/schema.ts";

/** Has all open incidents looked at anew, since channels, rules, tags or rights have changed, and those that are not told to be over. */
export async function lookAgainAtAll(trx: Db): Promise<void> {
  const open = trx
    .selectFrom("incident")
    .select(({ val }) => ["incident.id", val(0).as("due_at")])
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb("closed_at", "is", null),
        exists(
          selectFrom("message")
            .select("message.id")
            .whereRef("message.incident_id", "=", "incident.id")
            .where("says", "=", "failing"),
        ),
      ]),
    );
  await trx
    .insertInto("incident_change")
    .columns(["incident_id", "due_at"])
    .expression(open)
    .onConflict((conflict) => conflict.column("incident_id").doUpdateSet({ due_at: 0 }))
    .execute();
}
