import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { parseJson } from "../../protocol/parse-json.ts";
import { DAY_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";

export const SETTING_BOUNDS = {
  staleAfterMs: { minimum: 60_000, maximum: 7 * DAY_MS },
  paymentStopsAfterMs: { minimum: 3_600_000, maximum: 30 * DAY_MS },
  unreachableAfterPolls: { minimum: 1, maximum: 100 },
  pollIntervalMs: { minimum: 5_000, maximum: 3_600_000 },
  resetSyncTimeoutMs: { minimum: 60_000, maximum: DAY_MS },
  archiveRetentionDays: { minimum: 1, maximum: 3_650 },
  transitionRetentionDays: { minimum: 7, maximum: 3_650 },
  auditRetentionDays: { minimum: 90, maximum: 3_650 },
  nightlyBackups: { minimum: 1, maximum: 365 },
};

export const MAX_ADDRESS_LENGTH = 200;
/** Of several in one field. */
export const MAX_ADDRESSES_LENGTH = 500;

/** Durations are in ms unless a name says days; versions are dotted numbers. */
export const Settings = Type.Object({
  minimumVersion: Type.String({ pattern: "^\\d{1,10}(\\.\\d{1,10}){0,5}$", default: "34" }),
  /** Empty = the newest version that enough of the fleet runs. */
  requiredVersion: Type.String({ pattern: "^(\\d{1,10}(\\.\\d{1,10}){0,5})?$", default: "" }),
  staleAfterMs: Type.Integer({ ...SETTING_BOUNDS.staleAfterMs, default: 10 * 60_000 }),
  /** Without exchange, tills take payment from guests' accounts for so long. */
  paymentStopsAfterMs: Type.Integer({ ...SETTING_BOUNDS.paymentStopsAfterMs, default: DAY_MS }),
  unreachableAfterPolls: Type.Integer({ ...SETTING_BOUNDS.unreachableAfterPolls, default: 2 }),
  pollIntervalMs: Type.Integer({ ...SETTING_BOUNDS.pollIntervalMs, default: 60_000 }),
  /** How long the first exchange after a reset may take. */
  resetSyncTimeoutMs: Type.Integer({ ...SETTING_BOUNDS.resetSyncTimeoutMs, default: 15 * 60_000 }),
  /** Of a POS server that is called without encryption. */
  allowUnprotectedResets: Type.Boolean({ default: false }),
  /** Whether lines of the log are fetched when an exchange begins to fail, and when it works again. */
  fetchLogLines: Type.Boolean({ default: true }),
  /** Where agents reach the monitor, `https://host:port/path`; empty = unknown. */
  publicAddress: Type.String({ pattern: "^(https?://\\S+)?$", maxLength: MAX_ADDRESS_LENGTH, default: "" }),
  /** Where people open the pages, `https://host/path`; empty = the same as `publicAddress`. */
  pagesUrl: Type.String({ pattern: "^(https?://\\S+)?$", maxLength: MAX_ADDRESSES_LENGTH, default: "" }),
  /** Hosts that answer whenever the monitor has a network: `host:port`, separated by commas. */
  witnesses: Type.String({ maxLength: MAX_ADDRESSES_LENGTH, default: "" }),
  /** Called every minute while polling works; empty = nothing. */
  heartbeatUrl: Type.String({ pattern: "^(https?://\\S+)?$", maxLength: MAX_ADDRESSES_LENGTH, default: "" }),
  archiveRetentionDays: Type.Integer({ ...SETTING_BOUNDS.archiveRetentionDays, default: 30 }),
  transitionRetentionDays: Type.Integer({ ...SETTING_BOUNDS.transitionRetentionDays, default: 365 }),
  auditRetentionDays: Type.Integer({ ...SETTING_BOUNDS.auditRetentionDays, default: 365 }),
  nightlyBackups: Type.Integer({ ...SETTING_BOUNDS.nightlyBackups, default: 14 }),
});
export type Settings = Static<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = Value.Parse(Settings, Value.Create(Settings));
const SETTING_KEYS = Object.keys(DEFAULT_SETTINGS) as (keyof Settings)[];

/** A row of JSON each; a missing one, or one that is no such value, has its default. */
export async function readSettings(db: Db): Promise<Settings> {
  const stored = (await readStored(db)).filter(({ isRight }) => isRight);
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(stored.map(({ key, value }) => [key, value])) };
}

/** Settings whose rows in the database are no such values, so that their defaults hold. */
export async function findWrongSettings(db: Db): Promise<(keyof Settings)[]> {
  return (await readStored(db)).filter(({ isRight }) => !isRight).map(({ key }) => key);
}

async function readStored(db: Db) {
  const rows = await db.selectFrom("setting").select(["key", "value"]).execute();
  return rows.flatMap(({ key: named, value: text }) => {
    const key = SETTING_KEYS.find((one) => one === named);
    if (!key) return [];
    const value = parseJson(text);
    return [{ key, value, isRight: Value.Check(Settings.properties[key], value) }];
  });
}
