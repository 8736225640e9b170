import type { Cell, Column } from "../excel/sheet.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import type { WrittenNote } from "../restaurants/notes.ts";
import type { Tag } from "../restaurants/tags.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** The columns of what people have said. */
export function sharedColumns({ t }: Viewer): Column[] {
  return [
    { heading: t("acknowledgement.column") },
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
    acknowledgement,
    tags,
    note,
  }: { acknowledgement: Acknowledgement | undefined; tags: Tag[] | undefined; note: WrittenNote | undefined },
  now: number,
): Cell[] {
  const taken =
    acknowledgement &&
    t("acknowledgement.inFile", {
      name: acknowledgement.userName,
      time: format.time(acknowledgement.endsAt, now),
    });
  return [
    taken ?? null,
    tags?.map(({ name }) => name).join(", ") || null,
    note?.phone ?? null,
    note?.person ?? null,
    note?.text ?? null,
  ];
}
