import { listTimeZones } from "../../viewer/time-zones.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type HoursOfPosServer, NO_OPENING_HOURS, scheduleOf } from "./opening-hours.ts";
import { type PlannedWorks, upcomingWorks } from "./schedule.ts";
import { hoursInWords, worksInWords } from "./schedule-in-words.ts";

/** One thing that is said of when a restaurant works. */
export interface HoursFact {
  title: string;
  text: string;
  /** Who said so, where it is not said of the POS server itself. */
  note: string | null;
}

/**
 * What holds for a POS server, or for an organization, which has nothing but its own; nothing where nobody has said anything.
 * @param now ms UTC: works that are over are left out.
 */
export function hoursFacts(
  viewer: Viewer,
  { own, ofOrganization = NO_OPENING_HOURS }: Pick<HoursOfPosServer, "own"> & Partial<HoursOfPosServer>,
  now: number,
): HoursFact[] {
  const { t } = viewer;
  const schedule = scheduleOf({ own, ofOrganization });
  const shared = t("openingHours.ofOrganization");
  const zoneFact = (timeZone: string) => ({
    title: t("openingHours.timeZone"),
    text: zoneInWords(viewer, timeZone, now),
    note: own.timeZone === null ? shared : null,
  });
  if (!schedule) return own.timeZone === null ? [] : [zoneFact(own.timeZone)];
  const { timeZone, hours } = schedule;
  const works = (planned: PlannedWorks) => upcomingInWords(viewer, planned, timeZone, now);
  const facts = [
    {
      title: t("openingHours.hours"),
      text: hours ? hoursInWords(t, hours) : t("openingHours.aroundTheClock"),
      note: own.hours === null && ofOrganization.hours !== null ? shared : null,
    },
    { title: t("openingHours.works"), text: works(own.works), note: null },
    { title: t("openingHours.works"), text: works(ofOrganization.works), note: shared },
    zoneFact(timeZone),
  ];
  return facts.filter(({ text }) => text !== "");
}

/** Planned works in words, those that are over at `now` (ms UTC) left out; empty without any. */
export function upcomingInWords(
  { t }: Pick<Viewer, "t">,
  works: PlannedWorks,
  timeZone: string,
  now: number,
): string {
  return worksInWords(t, upcomingWorks(works, timeZone, now));
}

/** `UTC+03:00 Москва (Europe/Moscow)` */
export function zoneInWords({ language }: Pick<Viewer, "language">, timeZone: string, now: number): string {
  return listTimeZones(language, now).find(({ id }) => id === timeZone)?.label ?? timeZone;
}
