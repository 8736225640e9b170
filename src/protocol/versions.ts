const VERSION = /^\d+(\.\d+)*$/;
const SEGMENTS = 6;
const DIGITS = 10;
const MAX_KEPT = 1_000;
/** Sort keys by version: a fleet has few, and each poll compares several times. */
const kept = new Map<string, string | null>();

/** Missing segments count as 0. @returns null when either is no dotted version. */
export function compareVersions(left: string, right: string): number | null {
  const leftKey = versionSortKey(left);
  const rightKey = versionSortKey(right);
  if (leftKey === null || rightKey === null) return null;
  return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
}

/** Sorts like the version: `34.2` → `0000000034.0000000002.0000000000.…`; null for anything but at most six dotted numbers. */
export function versionSortKey(version: string): string | null {
  const known = kept.get(version);
  if (known !== undefined) return known;
  const key = makeSortKey(version);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(version, key);
  return key;
}

function makeSortKey(version: string): string | null {
  const text = version.trim();
  if (!VERSION.test(text)) return null;
  const segments = text.split(".").map((segment) => segment.replace(/^0+(?=\d)/, ""));
  if (segments.length > SEGMENTS || segments.some((segment) => segment.length > DIGITS)) return null;
  while (segments.length < SEGMENTS) segments.push("0");
  return segments.map((segment) => segment.padStart(DIGITS, "0")).join(".");
}
