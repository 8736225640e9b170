import type { OpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { upcomingInWords, zoneInWords } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { SCHEDULE_LIMITS } from "../fleet/opening-hours/read-schedule.ts";
import { hoursInWords } from "../fleet/opening-hours/schedule-in-words.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { isTimeZone, timeZoneOptions } from "../viewer/time-zones.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { HoursForm } from "./hours-form.ts";

/** Without a zone of their own works are those of a clock that anybody may have. */
const NO_ZONE = "UTC";

/** Whose opening hours are asked for, and where that leads. */
export interface AskedHours {
  name: string;
  subtitle: string;
  /** The address of the page of whose they are. */
  url: string;
  /** Null = they are of an organization. */
  ofOrganization: OpeningHours | null;
}

/** The form as it is opened: with what was said before. */
export function beginHoursForm(
  viewer: Viewer,
  said: OpeningHours,
  ofOrganization: OpeningHours | null,
  now: number,
): Pick<HoursForm, "typed" | "problems" | "parts"> {
  const { t } = viewer;
  const shared = ofOrganization?.timeZone ?? null;
  const likely = shared === null && isTimeZone(viewer.timeZone) ? viewer.timeZone : "";
  const zone = said.timeZone ?? shared;
  return {
    typed: {
      hours: said.hours ? hoursInWords(t, said.hours) : "",
      works: upcomingInWords(viewer, said.works, zone ?? NO_ZONE, now).replaceAll("; ", "\n"),
      timeZone: said.timeZone ?? likely,
    },
    problems: {},
    parts: { hours: "", works: "" },
  };
}

/** What the template of `…/opening-hours/new` shows. */
export function hoursFormModel(
  viewer: Viewer,
  { name, subtitle, url, ofOrganization }: AskedHours,
  { typed, problems, parts }: Pick<HoursForm, "typed" | "problems" | "parts">,
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
      label: t("openingHours.hours"),
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
      ...field("timeZone", { label: t("openingHours.timeZone") }),
      find: {
        label: t("openingHours.field.findTimeZone"),
        nothing: t("openingHours.field.noTimeZoneFound"),
        more: t("picker.more"),
      },
      options: [
        {
          value: "",
          text: ofOrganization?.timeZone
            ? t("openingHours.field.timeZoneOfOrganization", {
                zone: zoneInWords(viewer, ofOrganization.timeZone, now),
              })
            : t("openingHours.field.timeZoneNone"),
          isChosen: typed.timeZone === "",
        },
        ...timeZoneOptions(language, typed.timeZone, now),
      ],
    },
  };
}
