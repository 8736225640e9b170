import { MAX_ADDRESS_LENGTH } from "../fleet/settings.ts";
import { describedBy } from "../forms/field-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { boundsOf, defaultOf, SETTING_FIELDS, SETTING_GROUPS, type SettingField } from "./fields.ts";
import type { SettingProblems } from "./settings-form.ts";

const MAX_TEXT_LENGTH = 80;
/** Which keyboard a phone shows. */
const INPUT_MODES: Partial<Record<SettingField["kind"], string>> = { number: "numeric", address: "url" };

export interface SettingsPage {
  /** What stands in each field, as stored or as typed. */
  typed: Record<string, string>;
  problems: SettingProblems;
  /** The version that an empty required version means now; null = none is common enough. */
  newestVersion: string | null;
  isSaved: boolean;
}

/** What the template of `/settings` shows. */
export function settingsPageModel(viewer: Viewer, { typed, problems, newestVersion, isSaved }: SettingsPage) {
  const { t } = viewer;
  const firstWrong = SETTING_FIELDS.find(({ name }) => problems[name])?.name ?? null;
  return {
    isSaved,
    hasProblems: Object.keys(problems).length > 0,
    groups: SETTING_GROUPS.map(({ group, fields }) => ({
      title: t(`settings.group.${group}`),
      fields: fields.map((field) => ({
        ...fieldModel(viewer, field, { typed, problems, newestVersion }),
        isFocused: field.name === firstWrong,
      })),
    })),
  };
}

function fieldModel(
  { t, format }: Viewer,
  field: SettingField,
  { typed, problems, newestVersion }: Omit<SettingsPage, "isSaved">,
) {
  const { name } = field;
  const found = problems[name];
  const problem = found ? t(found.message, found.values ? shown(found.values) : {}) : null;
  const standard = defaultOf(field);
  const hint = [
    t(`settings.hint.${name}`),
    name === "requiredVersion" &&
      t(newestVersion ? "settings.newestVersion" : "settings.noNewestVersion", { version: newestVersion }),
    field.kind === "number" && t("settings.bounds", shown(boundsOf(field))),
    defaultInWords(),
  ]
    .filter(Boolean)
    .join(" ");
  return {
    name,
    label: t(`settings.label.${name}`),
    value: typed[name] ?? "",
    inputMode: INPUT_MODES[field.kind] ?? null,
    maxLength: field.kind === "address" ? MAX_ADDRESS_LENGTH : MAX_TEXT_LENGTH,
    isSwitch: field.kind === "switch",
    problem,
    hint,
    describedBy: describedBy(name, { problem, hint }),
  };

  function defaultInWords(): string {
    if (field.kind === "switch") return t("settings.defaultOff");
    return standard ? t("settings.default", { value: standard }) : "";
  }

  function shown({ minimum, maximum }: { minimum: number; maximum: number }) {
    return { minimum: format.number(minimum), maximum: format.number(maximum) };
  }
}
