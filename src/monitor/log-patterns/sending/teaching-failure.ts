import type { CallFailure } from "../../pos-client/calls/failure.ts";
import { FAILURE_CODES, type FailureCode } from "../../pos-client/calls/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { withDetail } from "../../viewer/with-detail.ts";

/**
 * What can go wrong beside the failures of a call: `outdated_agent`: it is older than what was asked of it; `refused`: it does
 * not want these patterns; `busy`: it looks through the logs already; `logs_unreadable`: it cannot;
 * `parked`: nothing is asked of it; `restored_copy`: this is the copy of a monitor that may still run.
 */
const OWN_CODES = [
  "outdated_agent",
  "refused",
  "busy",
  "logs_unreadable",
  "parked",
  "restored_copy",
] as const;
export type TeachingFailureCode = FailureCode | (typeof OWN_CODES)[number];

/** Why an agent could not be asked about its log, or was not taught. */
export interface TeachingFailure {
  code: TeachingFailureCode;
  detail: string;
}

const NOT_FOUND = 404;
const BUSY = [429, 503];
const CALL_CODES: readonly string[] = FAILURE_CODES;

/** Names what an agent answered to a call that not every agent knows. */
export function teachingFailureOf({ code, detail, status, error }: CallFailure): TeachingFailure {
  if (code !== "http_status" || status === undefined) return { code, detail };
  if (status === NOT_FOUND) return { code: "outdated_agent", detail: "" };
  if (BUSY.includes(status)) return { code: "busy", detail };
  if (error === "logs_unreadable") return { code: error, detail };
  return { code: status < 500 ? "refused" : code, detail };
}

/** Whether the agent itself said no, so that only a person can help. */
export function isRefusal({ code }: Pick<TeachingFailure, "code">): boolean {
  return code === "outdated_agent" || code === "refused";
}

/** Says why, with the technical detail where there is one. */
export function teachingFailureInWords(
  { t }: Pick<Viewer, "t">,
  { code, detail }: { code: string; detail: string | null },
): string {
  return withDetail(
    t,
    CALL_CODES.includes(code) ? t(`failure.${code}`) : t(`teachingFailure.${code}`),
    detail,
  );
}
