import { type StaticDecode, Type } from "typebox";
import type { OpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { upcomingInWords, zoneInWords } from "../fleet/opening-hours/opening-hours-in-words.ts";
import {
  readHours,
  readWorks,
  SCHEDULE_LIMITS,
  type ScheduleProblem,
} from "../fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../fleet/opening-hours/schedule.ts";
import { hoursInWords } from "../fleet/opening-hours/schedule-in-words.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { readForm, Text } from "../forms/fields.ts";
import { isTimeZone, timeZoneChoices } from "../viewer/time-zones.ts";
import type { Viewer } from "../viewer/viewer.ts";

const OpeningHoursForm = Type.Object({ hours: Text, works: Text, timeZone: Text });

interface HoursForm {
  typed: StaticDecode<typeof OpeningHoursForm>;
  /** Keys of the catalogs. */
  problems: { hours?: string; works?: string; timeZone?: string };
  /** By field, what was not understood. */
  parts: { hours: string; works: string };
}

/** Of planned works while none is known. */
const NO_ZONE = "UTC";

/** Whose opening hours, and where the form leads. */
export interface AskedHours {
  name: string;
  subtitle: string;
  /** Of the owner's page. */
  url: string;
  /** Null = they are an organization's. */
  ofOrganization: OpeningHours | null;
}

/** @param sharedTimeZone of the organization, for one of its POS servers. @param now ms UTC, for dates without a year. */
export function readHoursForm(
  body: unknown,
  sharedTimeZone: string | null,
  now: number,
): HoursForm & { wanted: OpeningHours } {
  const typed = readForm(OpeningHoursForm, body);
  const isZoneKnown = typed.timeZone === "" || isTimeZone(typed.timeZone);
  const timeZone = isZoneKnown ? typed.timeZone || null : null;
  const zone = timeZone ?? sharedTimeZone;
  const hours = readHours(typed.hours);
  const works = readWorks(typed.works, zone ?? NO_ZONE, now);
  const isEmpty = typed.hours.trim() + typed.works.trim() === "";
  return {
    typed,
    problems: {
      ...(!hours.ok && { hours: `openingHours.hoursProblem.${hours.problem.code}` }),
      ...(!works.ok && { works: `openingHours.worksProblem.${works.problem.code}` }),
      ...(!isZoneKnown && { timeZone: "openingHours.problem.unknown_time_zone" }),
      ...(isZoneKnown && !isEmpty && zone === null && { timeZone: "openingHours.problem.no_time_zone" }),
    },
    parts: { hours: partOf(hours), works: partOf(works) },
    wanted: {
      timeZone,
      hours: hours.ok ? hours.value : null,
      works: works.ok ? works.value : NO_WORKS,
    },
  };
}

function partOf(read: { ok: true } | { ok: false; problem: ScheduleProblem }): string {
  return !read.ok && "part" in read.problem ? read.problem.part : "";
}

export function beginHoursForm(
  viewer: Viewer,
  { hours, works, timeZone }: OpeningHours,
  ofOrganization: OpeningHours | null,
  now: number,
): HoursForm {
  const shared = ofOrganization?.timeZone ?? null;
  const likely = shared === null && isTimeZone(viewer.timeZone) ? viewer.timeZone : "";
  const zone = timeZone ?? shared ?? NO_ZONE;
  return {
    typed: {
      hours: hours ? hoursInWords(viewer.t, hours) : "",
      works: upcomingInWords(viewer, works, zone, now).replaceAll("; ", "\n"),
      timeZone: timeZone ?? likely,
    },
    problems: {},
    parts: { hours: "", works: "" },
  };
}

export function hoursFormModel(
  viewer: Viewer,
  { name, subtitle, url, ofOrganization }: AskedHours,
  { typed, problems, parts }: HoursForm,
  now: number,
) {
  const { t, language } = viewer;
  const limits = {
    maxLength: SCHEDULE_LIMITS.characters,
    maxSpans: SCHEDULE_LIMITS.spans,
    hoursPart: parts.hours,
    worksPart: parts.works,
  };
  const field = fieldsOf(t, { typed, problems, limits });
  const shared = ofOrganization && {
    hours: ofOrganization.hours ? hoursInWords(t, ofOrganization.hours) : t("openingHours.notSaid"),
    works: upcomingInWords(viewer, ofOrganization.works, ofOrganization.timeZone ?? NO_ZONE, now),
  };
  return {
    title: t("openingHours.title", { name }),
    subtitle,
    path: `${url}/opening-hours`,
    backUrl: url,
    hours: field("hours", {
      label: t("openingHours.heading"),
      hint: shared
        ? t("openingHours.field.hoursHintOfPosServer", { hours: shared.hours })
        : t("openingHours.field.hoursHint"),
      isFocused: true,
    }),
    works: {
      ...field("works", {
        label: t("openingHours.works"),
        hint: shared?.works
          ? t("openingHours.field.worksHintOfPosServer", { works: shared.works })
          : t("openingHours.field.worksHint"),
      }),
      rows: 3,
    },
    zone: {
      ...field("timeZone", {
        label: t("account.timeZone"),
        choices: [["", shownZone()], ...timeZoneChoices(language, now)],
      }),
      find: {
        label: t("openingHours.field.findTimeZone"),
        nothing: t("openingHours.field.noTimeZoneFound"),
        more: t("form.more"),
      },
    },
  };

  /** What holds unless one is chosen. */
  function shownZone(): string {
    if (!ofOrganization?.timeZone) return t("openingHours.field.timeZoneNone");
    const zone = zoneInWords(viewer, ofOrganization.timeZone, now);
    return t("openingHours.field.timeZoneOfOrganization", { zone });
  }
}
