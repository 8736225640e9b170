/** Shorter names are never cut. */
const CUT_FROM_LENGTH = 13;
/** With its comma. */
const LONGEST_HOUSE_NUMBER = 9;

/** A short text behind the last comma is taken for a house number. @param cutFromLength shorter names stay whole. */
/** A name in two parts, of which only the first may be cut, so that the house number stays whole. */
export function namePartsOf(name: string, cutFromLength = CUT_FROM_LENGTH) {
  const comma = name.lastIndexOf(",");
  const isHouseNumber = comma > 0 && name.length - comma <= LONGEST_HOUSE_NUMBER;
  if (name.length < cutFromLength || !isHouseNumber) return { start: name, end: "" };
  return { start: name.slice(0, comma + 1), end: name.slice(comma + 1) };
}
