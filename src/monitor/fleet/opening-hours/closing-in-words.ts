import type { Viewer } from "../../viewer/viewer.ts";
import type { ClosedFor } from "./schedule.ts";

/** What the database knows of the closing of a POS server, times in ms UTC. */
export interface KnownClosing {
  closedFor: ClosedFor | null;
  closedUntil: number | null;
  closingChangesAt: number | null;
}

/** «Закрыт до 10:00», «Работы до 05:00»; just opened it is no more than «Закрыт» until it is asked. */
export function closingInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  { closedFor, closedUntil, closingChangesAt }: KnownClosing,
  now: number,
): string {
  const until = closedFor === "works" ? closingChangesAt : closedUntil;
  if (closedFor === null || until === null) return t("state.closed");
  return t(`openingHours.closed.${closedFor}`, { time: format.clock(until, now) });
}
