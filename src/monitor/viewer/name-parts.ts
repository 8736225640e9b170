/** Shorter names are never cut. */
const CUT_FROM_LENGTH = 13;
/** With its comma. */
const LONGEST_HOUSE_NUMBER = 9;

/** A name in two parts, of which only the first may be cut: the house number stays whole. */
export interface NameParts {
  start: string;
  end: string;
}

/** What stands behind the last comma of a long name is its house number, if it is as short as one. */
export function namePartsOf(name: string): NameParts {
  const comma = name.lastIndexOf(",");
  const isHouseNumber = comma > 0 && name.length - comma <= LONGEST_HOUSE_NUMBER;
  if (name.length < CUT_FROM_LENGTH || !isHouseNumber) return { start: name, end: "" };
  return { start: name.slice(0, comma), end: name.slice(comma) };
}
