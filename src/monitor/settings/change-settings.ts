import type { AuditDetailPart, RecordedValue } from "../audit-log/detail.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { findWrongSettings, readSettings, type Settings } from "../installation/settings.ts";
import { SETTING_FIELDS, type SettingField, shownValue } from "./fields.ts";

/** Records the former values too. */
export async function changeSettings(
  db: Db,
  actor: Actor,
  wanted: Partial<Settings>,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await readSettings(trx);
    const after = { ...before, ...wanted };
    const wrong = await findWrongSettings(trx);
    const isReplaced = (setting: keyof Settings) => setting in wanted && wrong.includes(setting);
    const changed = SETTING_FIELDS.filter(
      ({ setting }) => before[setting] !== after[setting] || isReplaced(setting),
    );
    if (changed.length === 0) return;
    for (const { setting } of changed) {
      const row = { key: setting, value: JSON.stringify(after[setting]) };
      await trx.replaceInto("setting").values(row).execute();
    }
    const detail = changed.map(
      (field): AuditDetailPart => ({
        key: "settingChange",
        values: {
          setting: field.name,
          before: recordedValue(field, before),
          after: recordedValue(field, after),
        },
      }),
    );
    await recordEvent(trx, actor, { action: "settings_change", detail }, now);
  });
}

function recordedValue(field: SettingField, settings: Settings): RecordedValue {
  if (field.kind === "switch") return settings[field.setting];
  // With the whole address one could send heartbeats in the name of Poswatch.
  if (field.kind === "url") return URL.parse(settings[field.setting])?.origin ?? null;
  return shownValue(field, settings) || null;
}
