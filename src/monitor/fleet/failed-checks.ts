import { CHECK_IDS, type CheckId, type ReportedCheck } from "../../protocol/status-report.ts";

const MAX_WHY_LENGTH = 64;

/** The known checks that failed, as the database keeps them: `id` or `id:why`, one a line; empty = none. */
export function failedChecks(checks: readonly ReportedCheck[]): string {
  const lines = CHECK_IDS.flatMap((known) => {
    const check = checks.find(({ id }) => id === known);
    if (check?.outcome !== "failed") return [];
    const why = check.detail?.replaceAll("\n", " ").slice(0, MAX_WHY_LENGTH);
    return [why ? `${known}:${why}` : known];
  });
  return lines.join("\n");
}

/** Reads them back: each check that failed, with why (null = unsaid). */
export function readFailedChecks(status: { failedChecks?: string | null }): Map<CheckId, string | null> {
  const whys = new Map<CheckId, string | null>();
  for (const line of status.failedChecks?.split("\n") ?? []) {
    const [name = "", ...why] = line.split(":");
    const id = CHECK_IDS.find((known) => known === name);
    if (id) whys.set(id, why.join(":") || null);
  }
  return whys;
}
