import { shortLine } from "../../../protocol/visible-text.ts";

/** Every way in which a call can fail, in the order of calls. `unexpected` is a defect of the monitor. */
export const FAILURE_CODES = [
  "not_connected",
  "dns",
  "connect_refused",
  "connect_timeout",
  "tls",
  "certificate_changed",
  "unauthorized",
  "http_status",
  "response_timeout",
  "too_large",
  "invalid_json",
  "invalid_report",
  "unsupported_protocol",
  "wrong_pos_server",
  "wrong_crm_id",
  "unexpected",
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** It has answered, but does not let the monitor in, or is another POS server. */
export const REFUSALS = [
  "unauthorized",
  "certificate_changed",
  "wrong_pos_server",
  "wrong_crm_id",
] as const satisfies FailureCode[];
export type Refusal = (typeof REFUSALS)[number];

export function isRefusal(code: FailureCode | null): code is Refusal {
  return REFUSALS.some((refusal) => refusal === code);
}

/** A failed call, with a technical detail for the page, which never contains a secret. */
export interface PosFailure {
  code: FailureCode;
  detail: string;
}

/** A failed call, with what the POS server itself answered. */
export interface CallFailure extends PosFailure {
  /** HTTP status of the answer. */
  status?: number;
  /** `error` of its body. */
  error?: string;
  /** When it may be asked again, from its `Retry-After`; an hour at most. */
  retryAfterMs?: number;
  /** It may have acted, but its answer was lost: ask again with the same key. */
  isAnswerLost?: true;
}

/** A failure whose detail is one short line, whatever a POS server put into it. */
export function failureOf(code: FailureCode, detail: string): PosFailure {
  return { code, detail: shortLine(detail) };
}

/** Removes a secret from a detail, in case a POS server echoes what it was sent. */
export function withoutSecret<T extends PosFailure>(failure: T, secret: string | null): T {
  if (!secret || !failure.detail.includes(secret)) return failure;
  return { ...failure, detail: failure.detail.replaceAll(secret, "…") };
}

/** The beginning of the detail of `wrong_crm_id`, followed by the CrmId that the POS server reports. */
export const REPORTED_CRM_ID = "crmId ";

/** The CrmId that a POS server reports instead of its organization's; null for other failures. */
export function readReportedCrmId(code: FailureCode | null, detail: string | null): string | null {
  return code === "wrong_crm_id" && detail?.startsWith(REPORTED_CRM_ID)
    ? detail.slice(REPORTED_CRM_ID.length)
    : null;
}
