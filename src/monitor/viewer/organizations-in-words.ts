import type { Viewer } from "./viewer.ts";

const NAMED_ORGANIZATIONS = 3;

/** Names the first organizations, and counts the others. @param names in the order to show. */
export function organizationsInWords({ t }: Pick<Viewer, "t">, names: "all" | readonly string[]): string {
  if (names === "all") return t("users.allOrganizations");
  if (names.length === 0) return t("wall.noOrganizations");
  const shown = names.length > NAMED_ORGANIZATIONS ? names.slice(0, NAMED_ORGANIZATIONS - 1) : names;
  const others = names.length - shown.length;
  return [...shown, ...(others > 0 ? [t("wall.otherOrganizations", { count: others })] : [])].join(", ");
}
