import type { Kysely } from "kysely";
import { describeChanges } from "../audit-log/describe-changes.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { readSettings, type Settings } from "../fleet/settings.ts";
import { SETTING_FIELDS, type SettingField, shownValue } from "./fields.ts";

/**
 * Saves what differs from before, and what it was before, in one transaction.
 * @returns whether anything differed.
 */
export async function changeSettings(
  db: Kysely<Database>,
  actor: Actor,
  wanted: Settings,
  now: number,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const before = await readSettings(trx);
    const changed = SETTING_FIELDS.filter(({ setting }) => before[setting] !== wanted[setting]);
    if (changed.length === 0) return false;
    for (const { setting } of changed) {
      const value = JSON.stringify(wanted[setting]);
      await trx
        .insertInto("setting")
        .values({ key: setting, value })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
        .execute();
    }
    const changes = changed.map((field): [string, [string | null, string | null]] => [
      field.name,
      [recordedValue(field, before), recordedValue(field, wanted)],
    ]);
    const detail = describeChanges(Object.fromEntries(changes));
    await recordEvent(trx, actor, { action: "settings_change", detail }, now);
    return true;
  });
}

function recordedValue(field: SettingField, settings: Settings): string | null {
  const value = shownValue(field, settings);
  if (field.kind === "switch") return value ? "switched on" : "switched off";
  return value || null;
}
