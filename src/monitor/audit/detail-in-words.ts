import { MINUTE_MS } from "../../protocol/time-units.ts";
import { updateFailureInWords } from "../agent-updates/update-failure.ts";
import type { AuditDetail, AuditDetailPart, AuditDetailValues, RecordedValue } from "../audit-log/detail.ts";
import { readHours, readWorks } from "../fleet/opening-hours/read-schedule.ts";
import { hoursInWords, worksInWords } from "../fleet/opening-hours/schedule-in-words.ts";
import type { PosServerState } from "../fleet/state.ts";
import { logFailureInWords } from "../log-archives/outcome/in-words.ts";
import { failureInWords } from "../notifications/outbox/channel-standing.ts";
import { clockOf, statesInWords } from "../notifications/settings/rule-in-words.ts";
import type { FailureClass } from "../outgoing/failure.ts";
import { commandFailureInWords, refusalInWords } from "../repairs/database-resets/words.ts";
import { agentFailureInWords } from "../requests/agent-failure.ts";
import type { Viewer } from "../viewer/viewer.ts";

const NOTHING = "—";

type Words = Pick<Viewer, "t" | "format">;

const EXPORTED_PAGES: Record<string, string> = {
  "/pos-servers": "posServers.title",
  "/audit": "audit.title",
  "/users": "users.title",
  "/organizations/pos-servers": "registry.title",
};

/** In the viewer's words and times; what people and POS servers wrote stays as it is. */
export function detailInWords(viewer: Words, detail: AuditDetail, now: number): string {
  return detail.map((part) => partInWords(viewer, part, now)).join("; ");
}

function partInWords(viewer: Words, part: AuditDetailPart, now: number): string {
  const words = valuesInWords(viewer, part, now);
  if ("failure" in words) return String(words.failure);
  return viewer.t(`audit.detail.${"field" in words ? "change" : part.key}`, words);
}

function valuesInWords(
  viewer: Words,
  { key, values }: AuditDetailPart,
  now: number,
): Record<string, unknown> {
  const { t, format } = viewer;
  switch (key) {
    case "preferences": {
      const { language, timeZone } = values;
      return { language: t(`languageName.${language}`), timeZone: timeZone ?? t("audit.browserTimeZone") };
    }
    case "registryChange":
      return { field: t(`audit.field.${values.field}`), ...changeInWords(viewer, values) };
    case "takingEnded":
      return { name: values.name, end: t(`acknowledgement.ended.${values.end}`) };
    case "restaurantNoteChange":
      return { field: t(`restaurantNote.${values.field}`), ...changeInWords(viewer, values) };
    case "settingChange":
      return { field: t(`settings.label.${values.setting}`), ...changeInWords(viewer, values) };
    case "backupMade":
    case "parkingEnd":
    case "tokenEnd":
    case "takingUntil":
      return { time: format.time(values.at, now) };
    case "period":
      return { from: format.time(values.fromAt, now), to: format.time(values.toAt, now) };
    case "batch":
      return { ...values, kind: t(`batch.kind.${values.kind}`) };
    case "exported":
      return { rows: values.rows, page: pageInWords(viewer, values.url) };
    case "archives":
      return {
        archives: t("logRequest.archives", { count: values.archives }),
        files: t("logRequest.files", { count: values.files }),
      };
    case "archivesMissing":
      return { archives: t("logRequest.archives", { count: values.archives }) };
    case "resetStep":
      return { step: t(`databaseReset.step.${values.step}`) };
    case "exchangeRestored":
      return { duration: format.elapsed(values.seconds * 1000) };
    case "resetRefusal":
      return { failure: refusalInWords(viewer, values) };
    case "commandFailure":
      return { failure: commandFailureInWords(viewer, values) };
    case "logFailure":
    case "callFailure":
      return { failure: logFailureInWords(viewer, values) };
    case "agentAwaited":
      return { request: t(`agentAwaited.of.${values.request}`), time: format.time(values.until, now) };
    case "logPatternsScope":
      return { scope: t(`logPatterns.scope.${values.scope}`) };
    case "teachingFailure":
      return { failure: agentFailureInWords(viewer, values) };
    case "openingHours":
      return { hours: recordedHours(t, values.hours) };
    case "plannedWorks":
      return { works: recordedWorks(t, values.works) };
    case "hoursTimeZone":
      return { timeZone: values.timeZone ?? NOTHING };
    case "updateFailure":
      return { failure: updateFailureInWords(viewer, values) };
    default:
      return channelValuesInWords(viewer, { key, values } as AuditDetailPart);
  }
}

function recordedHours(t: Words["t"], text: string | null): string {
  const read = readHours(text ?? "");
  return read.ok && read.value ? hoursInWords(t, read.value) : (text ?? NOTHING);
}

function recordedWorks(t: Words["t"], text: string | null): string {
  const read = readWorks(text ?? "", "UTC", 0);
  return read.ok && text !== null ? worksInWords(t, read.value) : (text ?? NOTHING);
}

function pageInWords({ t }: Words, url: string): string {
  const [path = "", query] = url.split("?");
  const title = EXPORTED_PAGES[path];
  if (!title) return url;
  return query ? t("audit.detail.exportedSome", { page: t(title) }) : t(title);
}

function changeInWords(viewer: Words, { before, after }: { before: RecordedValue; after: RecordedValue }) {
  return { before: valueInWords(viewer, before), after: valueInWords(viewer, after) };
}

function valueInWords({ t }: Words, value: RecordedValue): string {
  if (typeof value === "boolean") return t(value ? "audit.value.on" : "audit.value.off");
  return value === null ? NOTHING : String(value);
}

function channelValuesInWords(viewer: Words, { key, values }: AuditDetailPart): Record<string, unknown> {
  const { t, format } = viewer;
  const lasting = (minutes: number | null) =>
    minutes === null ? NOTHING : format.duration(minutes * MINUTE_MS);
  switch (key) {
    case "channelKind":
      return { kind: t(`channels.kind.${values.kind}`) };
    case "channelChange":
      return { field: t(`channels.field.${values.field}`), ...channelChangeInWords(viewer, values) };
    case "channelSecretReplaced":
      return { secret: t(`channels.field.${values.secret}`) };
    case "channelFailure":
      return { failure: failureInWords(viewer, values.code as FailureClass, values.detail) };
    case "ruleTags":
      return { tags: values.tags ?? NOTHING };
    case "ruleStates":
      return { states: statesInWords(t, values.states.split(", ") as PosServerState[]) };
    case "ruleAfter": {
      const after = t("rule.says.after", { duration: lasting(values.minutes) });
      return { duration: values.minutes === 0 ? t("rule.says.atOnce") : after };
    }
    case "ruleCommonAtOnce":
      return { isAtOnce: valueInWords(viewer, values.isAtOnce) };
    case "ruleQuietHours": {
      const { from, to } = values;
      const hours = from === null || to === null ? [NOTHING] : Object.values(clockOf({ from, to }));
      return { hours: hours.join("–") };
    }
    case "ruleRepeat":
      return { duration: lasting(values.minutes) };
    case "ruleEscalation": {
      const duration = lasting(values.minutes);
      return {
        duration: values.minutes === null ? NOTHING : t("rule.says.after", { duration }),
        name: values.name ?? NOTHING,
      };
    }
    default:
      return { ...values };
  }
}

function channelChangeInWords(viewer: Words, { field, before, after }: AuditDetailValues["channelChange"]) {
  const { t } = viewer;
  const inWords = (value: RecordedValue) => {
    if (field === "security" && value !== null) return t(`channels.security.${value}`);
    return field === "language" && value !== null ? t(`languageName.${value}`) : valueInWords(viewer, value);
  };
  return { before: inWords(before), after: inWords(after) };
}
