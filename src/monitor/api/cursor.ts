import { Type } from "typebox";

const MOST_DIGITS = 15;

/** Where pages of a list go on, whatever has come or changed meanwhile: its name, and so many numbers. */
export function cursorOf(list: string, numbers: number) {
  const pattern = `^${list}(\\.\\d{1,${MOST_DIGITS}}){${numbers}}$`;
  return Type.Optional(Type.String({ pattern, description: "The `next` of the page before." }));
}

/** @returns where the page begins; `first` without a cursor. */
export function readCursor<const Place extends readonly number[]>(
  cursor: string | undefined,
  first: Place,
): Place {
  const place = cursor?.split(".").slice(1).map(Number) ?? first;
  return place as unknown as Place;
}

/** @param found one row more than the page has, if there are more. */
export function pageFrom<Row, Item>(
  list: string,
  found: readonly Row[],
  limit: number,
  { placeOf, itemOf }: { placeOf: (row: Row) => readonly number[]; itemOf: (row: Row) => Item },
) {
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(itemOf), next: last === undefined ? null : [list, ...placeOf(last)].join(".") };
}
