import { updateFailureInWords } from "../agent-updates/rollouts/update-failure.ts";
import type { AuditDetail, AuditDetailPart, RecordedValue } from "../audit-log/detail.ts";
import { readHours, readWorks } from "../fleet/opening-hours/read-schedule.ts";
import { hoursInWords, worksInWords } from "../fleet/opening-hours/schedule-in-words.ts";
import { logFailureInWords } from "../log-archives/outcome/failure-in-words.ts";
import { teachingFailureInWords } from "../log-patterns/sending/teaching-failure.ts";
import { commandFailureInWords, refusalInWords } from "../repairs/database-resets/words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { channelValuesInWords } from "./channel-detail-in-words.ts";
import { NOTHING, valueInWords } from "./value-in-words.ts";

type Words = Pick<Viewer, "t" | "format">;

const EXPORTED_PAGES: Record<string, string> = {
  "/pos-servers": "posServers.title",
  "/audit": "audit.title",
  "/users": "users.title",
};

/** Says the detail of an event in the viewer's words and times. What people and POS servers wrote stays as they wrote it. */
export function detailInWords(viewer: Words, detail: AuditDetail, now: number): string {
  return detail
    .map((part) => viewer.t(`audit.detail.${part.key}`, valuesInWords(viewer, part, now)))
    .join("; ");
}

/** The values of a phrase: codes are put into words, everything else is shown as it is. */
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
      return { name: values.name, end: t(`taking.ended.${values.end}`) };
    case "restaurantNoteChange":
      return { field: t(`restaurantNote.${values.field}`), ...changeInWords(viewer, values) };
    case "settingChange":
      return { field: t(`settings.label.${values.setting}`), ...changeInWords(viewer, values) };
    case "backupMade":
      return { time: format.time(values.at, now) };
    case "parkingEnd":
    case "takingUntil":
      return { time: format.time(values.at, now) };
    case "period":
      return { from: format.time(values.fromAt, now), to: format.time(values.toAt, now) };
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
      return { failure: teachingFailureInWords(viewer, values) };
    case "openingHours":
      return { hours: hoursAgain(t, values.hours) };
    case "plannedWorks":
      return { works: worksAgain(t, values.works) };
    case "hoursTimeZone":
      return { timeZone: values.timeZone ?? NOTHING };
    case "updateFailure":
      return { failure: updateFailureInWords(viewer, values) };
    default:
      return channelValuesInWords(viewer, { key, values } as AuditDetailPart) ?? { ...values };
  }
}

function hoursAgain(t: Words["t"], text: string | null): string {
  const read = readHours(text ?? "");
  return read.ok && read.value ? hoursInWords(t, read.value) : (text ?? NOTHING);
}

function worksAgain(t: Words["t"], text: string | null): string {
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
