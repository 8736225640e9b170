import { HOUR_MS, MINUTE_MS } from "../../protocol/time-units.ts";
import { readableAddress } from "../installation/addresses.ts";
import { SETTING_BOUNDS, type Settings } from "../installation/settings.ts";

type NumberSetting = keyof typeof SETTING_BOUNDS;
type SwitchSetting = "allowUnprotectedResets" | "fetchLogLines";
type TextSetting = Exclude<keyof Settings, NumberSetting | SwitchSetting>;

export type SettingField =
  | { kind: "version" | "address" | "witnesses" | "url"; name: TextSetting; setting: TextSetting }
  | { kind: "switch"; name: SwitchSetting; setting: SwitchSetting }
  | { kind: "number"; name: string; setting: NumberSetting; unitSize: number; unit: string };

/** @param unitSize one unit of the form, in units of the setting. @param unit its word in the catalogs. */
function number(name: string, setting: NumberSetting, unitSize: number, unit: string): SettingField {
  return { kind: "number", name, setting, unitSize, unit };
}

/** As the menu names them. */
export const SETTING_PAGES = ["polling", "addresses", "resets", "retention"] as const;
export type SettingPage = (typeof SETTING_PAGES)[number];

interface SettingGroup {
  page: SettingPage;
  group: string;
  fields: readonly SettingField[];
}

/** In the order of their pages. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    page: "polling",
    group: "polling",
    fields: [
      number("pollIntervalSeconds", "pollIntervalMs", 1_000, "seconds"),
      number("unreachableAfterPolls", "unreachableAfterPolls", 1, "polls"),
      number("staleAfterMinutes", "staleAfterMs", MINUTE_MS, "minutes"),
      number("paymentStopsHours", "paymentStopsAfterMs", HOUR_MS, "hours"),
    ],
  },
  {
    page: "polling",
    group: "logLines",
    fields: [{ kind: "switch", name: "fetchLogLines", setting: "fetchLogLines" }],
  },
  {
    page: "polling",
    group: "versions",
    fields: [
      { kind: "version", name: "minimumVersion", setting: "minimumVersion" },
      { kind: "version", name: "requiredVersion", setting: "requiredVersion" },
    ],
  },
  {
    page: "polling",
    group: "ownNetwork",
    fields: [
      { kind: "witnesses", name: "witnesses", setting: "witnesses" },
      { kind: "url", name: "heartbeatUrl", setting: "heartbeatUrl" },
    ],
  },
  {
    page: "addresses",
    group: "agents",
    fields: [
      { kind: "address", name: "publicAddress", setting: "publicAddress" },
      { kind: "url", name: "pagesUrl", setting: "pagesUrl" },
    ],
  },
  {
    page: "resets",
    group: "resets",
    fields: [
      number("resetSyncTimeoutMinutes", "resetSyncTimeoutMs", MINUTE_MS, "minutes"),
      { kind: "switch", name: "allowUnprotectedResets", setting: "allowUnprotectedResets" },
    ],
  },
  {
    page: "retention",
    group: "retention",
    fields: [
      number("archiveRetentionDays", "archiveRetentionDays", 1, "days"),
      number("transitionRetentionDays", "transitionRetentionDays", 1, "days"),
      number("auditRetentionDays", "auditRetentionDays", 1, "days"),
      number("nightlyBackups", "nightlyBackups", 1, "copies"),
    ],
  },
];

export const SETTING_FIELDS: readonly SettingField[] = SETTING_GROUPS.flatMap(({ fields }) => fields);

export function shownValue(field: SettingField, settings: Settings): string {
  if (field.kind === "number") return String(settings[field.setting] / field.unitSize);
  // What a ticked checkbox sends; one that is not ticked sends nothing.
  if (field.kind === "switch") return settings[field.setting] ? "1" : "";
  const text = settings[field.setting];
  return field.kind === "address" ? readableAddress(text) : text;
}

/** By the names of the fields. */
export function shownValues(settings: Settings): Record<string, string> {
  return Object.fromEntries(SETTING_FIELDS.map((field) => [field.name, shownValue(field, settings)]));
}

/** In units of the field. */
export function boundsOf({ setting, unitSize }: Extract<SettingField, { kind: "number" }>) {
  const { minimum, maximum } = SETTING_BOUNDS[setting];
  return { minimum: minimum / unitSize, maximum: maximum / unitSize };
}
