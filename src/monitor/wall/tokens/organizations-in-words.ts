import type { Viewer } from "../../viewer/viewer.ts";

const NAMED = 3;

/** Names the organizations of a wall, as far as there is room for them. @param names in their order. */
export function organizationsInWords({ t }: Pick<Viewer, "t">, names: "all" | readonly string[]): string {
  if (names === "all") return t("wall.allOrganizations");
  if (names.length === 0) return t("wall.noOrganizations");
  const shown = names.length > NAMED ? names.slice(0, NAMED - 1) : names;
  const others = names.length - shown.length;
  return [...shown, ...(others > 0 ? [t("wall.otherOrganizations", { count: others })] : [])].join(", ");
}
