import type { OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import {
  readHours,
  readWorks,
  SCHEDULE_LIMITS,
  type ScheduleProblem,
} from "../../fleet/opening-hours/read-schedule.ts";
import { readTimeZone } from "../../viewer/time-zones.ts";
import { looksLikePairingString } from "../registry/connection.ts";
import type { RawRow } from "./read-rows.ts";
import type { RowProblem } from "./row-problem.ts";

/** What a row says of opening hours: what its empty cells would say stays as it is. */
export type GivenHours = Partial<OpeningHours>;

/** Where days end last, 12 hours behind UTC: no works are taken to be over that are still to come somewhere. */
const ANY_ZONE = "Etc/GMT+12";

/** Reads the cells of opening hours. @param now ms UTC, for dates without a year. */
export function readGivenHours(row: RawRow, now: number): { given: GivenHours; problems: RowProblem[] } {
  const given: GivenHours = {};
  const problems: RowProblem[] = [];
  const [zoneText, hoursText, worksText] = [row.timeZone, row.hours, row.works].map(tellable);
  if (zoneText) {
    const timeZone = readTimeZone(zoneText);
    if (timeZone !== null) given.timeZone = timeZone;
    else problems.push({ code: "unknown_time_zone", values: { column: "timeZone", timeZone: zoneText } });
  }
  if (hoursText) {
    const read = readHours(hoursText);
    if (read.ok) given.hours = read.value;
    else problems.push(problemOf("hours", read.problem));
  }
  if (worksText) {
    const read = readWorks(worksText, given.timeZone ?? ANY_ZONE, now);
    if (read.ok) given.works = read.value;
    else problems.push(problemOf("works", read.problem));
  }
  return { given, problems };
}

/** What is not understood is told, and no pairing string may be; that one stands there is told by itself. */
function tellable(text: string): string {
  return looksLikePairingString(text) ? "" : text;
}

function problemOf(column: "hours" | "works", problem: ScheduleProblem): RowProblem {
  if (problem.code === "too_long") {
    const { characters: maxLength, spans: maxSpans } = SCHEDULE_LIMITS;
    return { code: "schedule_too_long", values: { column, maxLength, maxSpans } };
  }
  return { code: `schedule_${problem.code}`, values: { column, part: problem.part } };
}
