import { describedBy } from "../forms/field-model.ts";
import { DEFAULT_SETTINGS, MAX_ADDRESS_LENGTH, MAX_ADDRESSES_LENGTH } from "../installation/settings.ts";
import { type HeartbeatResult, isDone } from "../polling/own-network/outgoing-heartbeat.ts";
import { atTime } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  boundsOf,
  SETTING_FIELDS,
  SETTING_GROUPS,
  type SettingField,
  type SettingPage,
  shownValue,
} from "./fields.ts";
import type { SettingProblems } from "./settings-form.ts";

const MAX_TEXT_LENGTH = 80;
/** The keyboard of a phone. */
const INPUT_MODES: Partial<Record<SettingField["kind"], string>> = {
  number: "numeric",
  address: "url",
  url: "url",
  witnesses: "url",
};
const MAX_LENGTHS: Partial<Record<SettingField["kind"], number>> = {
  address: MAX_ADDRESS_LENGTH,
  url: MAX_ADDRESSES_LENGTH,
  witnesses: MAX_ADDRESSES_LENGTH,
};

interface ShownSettings {
  /** What is looked for, instead of a page; empty = nothing. */
  search: string;
  page: SettingPage;
  typed: Record<string, string>;
  saved: Record<string, string>;
  problems: SettingProblems;
  /** What an empty required version means now; null = no version is common enough. */
  newestVersion: string | null;
  /** Null = none was sent since the start. */
  heartbeat: HeartbeatResult | null;
  /** At which agents are waited for; a text, as numbers are grouped by thousands. */
  agentPort: string;
}

export function settingsPageModel(viewer: Viewer, shown: ShownSettings, now: number) {
  const { problems, page, search } = shown;
  const { t } = viewer;
  const firstWrong = SETTING_FIELDS.find(({ name }) => problems[name])?.name ?? null;
  const groups = SETTING_GROUPS.map((group) => ({
    page: group.page,
    title: t(`settings.group.${group.group}`),
    fields: group.fields.map((field) => ({
      ...fieldModel(viewer, field, shown, now),
      isFocused: field.name === firstWrong,
    })),
  }));
  return {
    title: search ? t("settings.found") : t(`settings.page.${page}`),
    page,
    search,
    url: search ? `/settings?${new URLSearchParams({ q: search })}` : `/settings/${page}`,
    hasProblems: Object.keys(problems).length > 0,
    groups: search
      ? groups
          .map((group) => ({ ...group, fields: group.fields.filter(isFound) }))
          .filter(({ fields }) => fields.length > 0)
      : groups.filter((group) => group.page === page),
  };

  function isFound({ label, hint }: { label: string; hint: string }): boolean {
    return `${label} ${hint}`.toLowerCase().includes(search.toLowerCase());
  }
}

function fieldModel(
  viewer: Viewer,
  field: SettingField,
  { typed, saved, problems, newestVersion, heartbeat, agentPort }: ShownSettings,
  now: number,
) {
  const { t, format } = viewer;
  const { name } = field;
  const found = problems[name];
  const problem = found ? t(found.message, found.values ? shown(found.values) : {}) : null;
  const standard = shownValue(field, DEFAULT_SETTINGS);
  const hint = [
    t(`settings.hint.${name}`, { agentPort }),
    name === "requiredVersion" &&
      t(newestVersion ? "settings.newestVersion" : "settings.noNewestVersion", { version: newestVersion }),
    field.kind === "number" && t("settings.bounds", shown(boundsOf(field))),
    field.kind === "switch" && !standard && t("settings.defaultOff"),
    name === "heartbeatUrl" && heartbeat && typed[name] && heartbeatInWords(viewer, heartbeat, now),
  ]
    .filter(Boolean)
    .join(" ");
  return {
    name,
    label: t(`settings.label.${name}`),
    value: typed[name] ?? "",
    saved: saved[name] ?? "",
    unit: field.kind === "number" ? t(`settings.unit.${field.unit}`) : null,
    standard: standard && {
      value: standard,
      text: t("settings.restore", { value: standard }),
      isShown: typed[name] !== standard,
    },
    inputMode: INPUT_MODES[field.kind] ?? null,
    maxLength: MAX_LENGTHS[field.kind] ?? MAX_TEXT_LENGTH,
    isSwitch: field.kind === "switch",
    size: field.kind === "number" ? "short" : field.kind === "version" ? "middle" : "long",
    problem,
    hint,
    describedBy: describedBy(name, problem, hint),
  };

  function shown(values: Record<string, number | string>) {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        typeof value === "number" ? format.number(value) : value,
      ]),
    );
  }
}

function heartbeatInWords(viewer: Viewer, result: HeartbeatResult, now: number): string {
  const { t } = viewer;
  const { at, status, detail } = result;
  const when = atTime(viewer, at, now);
  if (status === null) return t("settings.heartbeat.unanswered", { when, detail });
  return t(isDone(result) ? "settings.heartbeat.taken" : "settings.heartbeat.refused", { when, status });
}
