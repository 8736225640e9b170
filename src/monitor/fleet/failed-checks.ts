import { CHECK_IDS, type CheckId, type ReportedCheck } from "../../protocol/status-report.ts";

const MAX_WHY_LENGTH = 64;

/** Names the known checks that failed, as the database keeps them: `id` or `id:why`, one a line; empty = none did. */
export function failedChecks(checks: readonly ReportedCheck[]): string {
  const failed = CHECK_IDS.flatMap((known) => {
    const check = checks.find(({ id }) => id === known);
    return check?.outcome === "failed" ? [check] : [];
  });
  return failed
    .map(({ id, detail }) => (detail ? `${id}:${detail.replaceAll("\n", " ").slice(0, MAX_WHY_LENGTH)}` : id))
    .join("\n");
}

/** Reads them again: why each of them failed, null = nobody says. @param failed null = nobody looked. */
export function readFailedChecks(failed: string | null): Map<CheckId, string | null> {
  const whys = new Map<CheckId, string | null>();
  for (const line of failed ? failed.split("\n") : []) {
    const [name = "", ...why] = line.split(":");
    const id = CHECK_IDS.find((known) => known === name);
    if (id) whys.set(id, why.join(":") || null);
  }
  return whys;
}
