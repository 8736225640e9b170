import type { Selectable } from "kysely";
import type { ClosingColumns } from "../../database/tables/status-tables.ts";
import { listTimeZones } from "../../viewer/time-zones.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type HoursOfPosServer, NO_OPENING_HOURS, scheduleOf } from "./opening-hours.ts";
import { type PlannedWorks, upcomingWorks } from "./schedule.ts";
import { hoursInWords, worksInWords } from "./schedule-in-words.ts";

/**
 * The opening hours of a POS server or an organization; `note` says whose they are if not the POS server's own. Works that
 * are over at `now` (ms UTC) are left out.
 */
export function hoursFacts(
  viewer: Viewer,
  { own, ofOrganization = NO_OPENING_HOURS }: Pick<HoursOfPosServer, "own"> & Partial<HoursOfPosServer>,
  now: number,
) {
  const { t } = viewer;
  const schedule = scheduleOf({ own, ofOrganization });
  const shared = t("openingHours.ofOrganization");
  const zoneFact = (timeZone: string) => ({
    title: t("account.timeZone"),
    text: zoneInWords(viewer, timeZone, now),
    note: own.timeZone === null ? shared : null,
  });
  if (!schedule) return own.timeZone === null ? [] : [zoneFact(own.timeZone)];
  const { timeZone, hours } = schedule;
  const works = (planned: PlannedWorks) => upcomingInWords(viewer, planned, timeZone, now);
  const facts = [
    {
      title: t("openingHours.heading"),
      text: hours ? hoursInWords(t, hours) : t("openingHours.aroundTheClock"),
      note: own.hours === null && ofOrganization.hours !== null ? shared : null,
    },
    { title: t("openingHours.works"), text: works(own.works), note: null },
    { title: t("openingHours.works"), text: works(ofOrganization.works), note: shared },
    zoneFact(timeZone),
  ];
  return facts.filter(({ text }) => text !== "");
}

/** Planned works that are not over at `now` (ms UTC); empty = none. */
export function upcomingInWords(
  { t }: Pick<Viewer, "t">,
  works: PlannedWorks,
  timeZone: string,
  now: number,
) {
  return worksInWords(t, upcomingWorks(works, timeZone, now));
}

/** `UTC+03:00 Москва (Europe/Moscow)` */
export function zoneInWords({ language }: Pick<Viewer, "language">, timeZone: string, now: number): string {
  return listTimeZones(language, now).find(({ id }) => id === timeZone)?.label ?? timeZone;
}

/** «Закрыт до 10:00», «Работы до 05:00»; «Закрыт» from its opening until it is polled. */
export function closingInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  { closedFor, closedUntil, closingChangesAt }: Selectable<ClosingColumns>,
  now: number,
): string {
  const until = closedFor === "works" ? closingChangesAt : closedUntil;
  if (closedFor === null || until === null) return t("state.closed");
  return t(`openingHours.closed.${closedFor}`, { time: format.clock(until, now) });
}
