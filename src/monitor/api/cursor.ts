import { wrongField } from "../plugins/problems.ts";

/** Where a page of a list ended: pages go on from there, whatever has come or changed meanwhile. */
export function writeCursor(list: string, place: readonly number[]): string {
  return Buffer.from(JSON.stringify([list, ...place])).toString("base64url");
}

/** @returns where the page begins; `first` without a cursor. @throws ProblemError for what is no cursor of this list. */
export function readCursor<const Place extends readonly number[]>(
  list: string,
  cursor: string | undefined,
  first: Place,
): Place {
  if (cursor === undefined) return first;
  const [name, ...place] = parse(cursor);
  const isPlace = place.length === first.length && place.every((part) => Number.isSafeInteger(part));
  if (name !== list || !isPlace) throw wrongField("cursor", "must be the next of a page of this list");
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
  return { items: shown.map(itemOf), next: last === undefined ? null : writeCursor(list, placeOf(last)) };
}

function parse(cursor: string): unknown[] {
  try {
    return [JSON.parse(Buffer.from(cursor, "base64url").toString())].flat();
  } catch {
    return [];
  }
}
