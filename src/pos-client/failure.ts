/** Every way in which a call to a POS server fails (protocol.md), in the order in which they can happen. */
export const FAILURE_CODES = [
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
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** A failed call: its name and a technical detail for the page; the detail never holds a secret. */
export interface PosFailure {
  code: FailureCode;
  detail: string;
}
