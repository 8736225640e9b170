import type { CheckId, ReportedCheck } from "../../protocol/status-report.ts";

export interface CheckResult {
  outcome: ReportedCheck["outcome"];
  value?: string | null;
  milliseconds?: number | null;
  /** Why: a word such as `address_not_set` or `ECONNREFUSED`, perhaps with more after a colon. */
  detail?: string | null;
}

/** One check of what an exchange needs; `run` must give up when `signal` is aborted. */
export interface Check {
  id: CheckId;
  run(signal: AbortSignal): Promise<CheckResult>;
}

export const ADDRESS_NOT_SET = { outcome: "unknown", detail: "address_not_set" } as const;
export const NOT_TOLD = { outcome: "unknown", detail: "not_told" } as const;
