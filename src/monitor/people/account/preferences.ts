import type { Kysely } from "kysely";
import type { AuditDetail } from "../../audit-log/detail.ts";
import type { Actor } from "../../audit-log/record-event.ts";
import { recordRepeatedEvent } from "../../audit-log/record-repeated-event.ts";
import type { Database } from "../../database/schema.ts";
import type { Language } from "../../viewer/language.ts";

export interface Preferences {
  language: Language;
  /** IANA name; null = as the browser says. */
  timeZone: string | null;
}

export async function savePreferences(
  db: Kysely<Database>,
  actor: Actor,
  userId: number,
  { language, timeZone }: Preferences,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.updateTable("user").set({ language, time_zone: timeZone }).where("id", "=", userId).execute();
    const detail: AuditDetail = [{ key: "preferences", values: { language, timeZone } }];
    await recordRepeatedEvent(
      trx,
      actor,
      { action: "preferences_change", subject: actor.login, detail },
      now,
    );
  });
}
