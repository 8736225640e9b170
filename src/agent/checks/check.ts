import type { CheckId, ReportedCheck } from "../../protocol/status-report.ts";

/** What one look at something that an exchange needs found. */
export interface CheckResult {
  outcome: ReportedCheck["outcome"];
  /** What was looked at or found. */
  value?: string | null;
  milliseconds?: number | null;
  /** Why: a word such as `address_not_set` or `ECONNREFUSED`, perhaps with more behind a colon. */
  detail?: string | null;
}

/** A look at something that an exchange needs; it must give up when `signal` is aborted. */
export interface Check {
  id: CheckId;
  run(signal: AbortSignal): Promise<CheckResult>;
}

/** Where to look is not configured. */
export const ADDRESS_NOT_SET = { outcome: "unknown", detail: "address_not_set" } as const;
/** The system does not say. */
export const NOT_TOLD = { outcome: "unknown", detail: "not_told" } as const;
