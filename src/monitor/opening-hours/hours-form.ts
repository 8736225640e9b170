import type { OpeningHours } from "../fleet/opening-hours/opening-hours.ts";
import { readHours, readWorks, type ScheduleProblem } from "../fleet/opening-hours/read-schedule.ts";
import { NO_WORKS } from "../fleet/opening-hours/schedule.ts";
import { textFields } from "../forms/fields.ts";
import { isTimeZone } from "../viewer/time-zones.ts";

/** A form of opening hours as it was filled in. */
export interface HoursForm {
  typed: { hours: string; works: string; timeZone: string };
  /** Keys of the catalogs, by the field where they are told. */
  problems: { hours?: string; works?: string; timeZone?: string };
  /** What was not understood of each field. */
  parts: { hours: string; works: string };
  said: OpeningHours;
}

/**
 * Reads what was typed.
 * @param sharedTimeZone of the organization, if it is about one of its POS servers.
 * @param now ms UTC, for dates without a year.
 */
export function readHoursForm(body: unknown, sharedTimeZone: string | null, now: number): HoursForm {
  const typed = textFields(body, ["hours", "works", "timeZone"]);
  const isZoneKnown = typed.timeZone === "" || isTimeZone(typed.timeZone);
  const timeZone = isZoneKnown ? typed.timeZone || null : null;
  const zone = timeZone ?? sharedTimeZone;
  const hours = readHours(typed.hours);
  const works = readWorks(typed.works, zone ?? "UTC", now);
  const isAnySaid = typed.hours.trim() + typed.works.trim() !== "";
  return {
    typed,
    problems: {
      ...(!hours.ok && { hours: `openingHours.hoursProblem.${hours.problem.code}` }),
      ...(!works.ok && { works: `openingHours.worksProblem.${works.problem.code}` }),
      ...(!isZoneKnown && { timeZone: "openingHours.problem.unknown_time_zone" }),
      ...(isZoneKnown && isAnySaid && zone === null && { timeZone: "openingHours.problem.no_time_zone" }),
    },
    parts: { hours: partOf(hours), works: partOf(works) },
    said: {
      timeZone,
      hours: hours.ok ? hours.value : null,
      works: works.ok ? works.value : NO_WORKS,
    },
  };
}

function partOf(read: { ok: true } | { ok: false; problem: ScheduleProblem }): string {
  return !read.ok && "part" in read.problem ? read.problem.part : "";
}
