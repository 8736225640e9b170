import type { Cell, Column } from "../excel/workbook.ts";
import type { WrittenNote } from "../fleet/restaurant-notes.ts";
import type { Tag } from "../fleet/tags.ts";
import type { Taking } from "../fleet/takings.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** The columns of what people have said. */
export function sharedColumns({ t }: Viewer): Column[] {
  return [
    { heading: t("taking.column") },
    { heading: t("tags.heading"), wraps: true },
    { heading: t("restaurantNote.phone") },
    { heading: t("restaurantNote.person") },
    { heading: t("restaurantNote.text"), wraps: true },
  ];
}

/** Who takes care of a POS server, its tags, and what is known of its restaurant, in the order of the columns. */
export function sharedCells(
  { t, format }: Viewer,
  {
    taking,
    tags,
    note,
  }: { taking: Taking | undefined; tags: Tag[] | undefined; note: WrittenNote | undefined },
  now: number,
): Cell[] {
  const taken =
    taking && t("taking.inFile", { name: taking.userName, time: format.time(taking.endsAt, now) });
  return [
    taken ?? null,
    tags?.map(({ name }) => name).join(", ") || null,
    note?.phone ?? null,
    note?.person ?? null,
    note?.text ?? null,
  ];
}
