import type { Kysely } from "kysely";
import Type, { type Static } from "typebox";
import Value from "typebox/value";
import type { Database } from "../database/schema.ts";

/** What an administrator tunes at work: durations in ms, versions as dotted numbers. */
export const Settings = Type.Object({
  minimumVersion: Type.String({ pattern: "^\\d+(\\.\\d+){0,5}$", default: "34" }),
  /** Empty = the newest version that enough of the fleet runs. */
  requiredVersion: Type.String({ pattern: "^(\\d+(\\.\\d+){0,5})?$", default: "" }),
  staleAfterMs: Type.Integer({ minimum: 60_000, maximum: 7 * 86_400_000, default: 10 * 60_000 }),
  unreachableAfterPolls: Type.Integer({ minimum: 1, maximum: 100, default: 2 }),
  pollIntervalMs: Type.Integer({ minimum: 5_000, maximum: 3_600_000, default: 60_000 }),
});
export type Settings = Static<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = Value.Parse(Settings, Value.Create(Settings));

/**
 * Reads the settings; each is one row of JSON, and a missing one has its default.
 * @throws Error that names the row which holds something else than its setting allows.
 */
export async function readSettings(db: Kysely<Database>): Promise<Settings> {
  const rows = await db.selectFrom("setting").select(["key", "value"]).execute();
  const stored = Object.fromEntries(
    rows.filter(({ key }) => key in DEFAULT_SETTINGS).map(({ key, value }) => [key, parseJson(value)]),
  );
  const settings = { ...DEFAULT_SETTINGS, ...stored };
  if (!Value.Check(Settings, settings)) {
    const [problem] = Value.Errors(Settings, settings);
    throw new Error(`The setting ${problem?.instancePath.slice(1)} in the database ${problem?.message}`);
  }
  return settings;
}

/** Whatever is no JSON is no valid value of any setting either, and named as such. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
