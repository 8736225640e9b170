import {
  explainInvalidReport,
  isStatusReport,
  PROTOCOL_VERSION,
  type StatusReport,
} from "../../protocol/status-report.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import { CallError } from "./calls/call-error.ts";
import { failureOf, type PosFailure } from "./calls/failure.ts";
import type { PosServer } from "./calls/pos-server.ts";
import { REPORTED_CRM_ID } from "./calls/reported-crm-id.ts";
import { parseJsonBody } from "./read-answer.ts";

/** Makes control characters visible. @throws CallError when it is no report, or of another POS server or organization. */
export function readReport(body: Buffer, posServer: PosServer): StatusReport {
  const value = parseJsonBody(body);
  if (isOfAnotherProtocol(value)) {
    throw new CallError("unsupported_protocol", `protocol ${value.protocol} instead of ${PROTOCOL_VERSION}`);
  }
  if (!isStatusReport(value)) {
    throw new CallError("invalid_report", explainInvalidReport(value) ?? "does not match the schema");
  }
  const report = withVisibleTexts(value);
  const wrong = findWrongIdentity(report.posServerId, posServer.posServerId);
  if (wrong) throw new CallError(wrong.code, wrong.detail);
  if (value.crmId !== null && value.crmId !== posServer.crmId) {
    throw new CallError("wrong_crm_id", `${REPORTED_CRM_ID}${value.crmId}`);
  }
  return report;
}

function isOfAnotherProtocol(value: unknown): value is { protocol: number } {
  if (typeof value !== "object" || value === null || !("protocol" in value)) return false;
  return typeof value.protocol === "number" && value.protocol !== PROTOCOL_VERSION;
}

/** The failure of a POS server with another identity than registered; null when it is the same, or none is registered. */
export function findWrongIdentity(reported: string, registered: string | null): PosFailure | null {
  if (registered === null || reported.toLowerCase() === registered.toLowerCase()) return null;
  return failureOf("wrong_pos_server", `posServerId ${reported}`);
}
