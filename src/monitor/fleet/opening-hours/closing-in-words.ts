import type { Selectable } from "kysely";
import type { ClosingColumns } from "../../database/tables/status-tables.ts";
import type { Viewer } from "../../viewer/viewer.ts";

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
