import type { Db } from "../../database/schema.ts";
import { queueIncidentChanges } from "../../fleet/queue-changes.ts";

/** Has all open incidents looked at anew, since channels, rules, tags or rights have changed, and those that are not told to be over. */
export async function lookAgainAtAll(trx: Db): Promise<void> {
  const open = trx
    .selectFrom("incident")
    .select("incident.id")
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
  await queueIncidentChanges(trx, open);
}
