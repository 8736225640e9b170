import type { Viewer } from "../viewer/viewer.ts";

/** How many POS servers of an organization have a problem, and where they are listed; null when none has. */
export function problemsLink(
  t: Viewer["t"],
  organizationId: number,
  problems: number,
): { text: string; url: string } | null {
  if (problems === 0) return null;
  return {
    text: t("organizations.problems", { count: problems }),
    url: `/pos-servers?organization=${organizationId}&hideSynced=1`,
  };
}
