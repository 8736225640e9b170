import type { Static, TProperties, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { ApiError } from "../../protocol/field-types.ts";
import {
  explainInvalidReport,
  isStatusReport,
  PROTOCOL_VERSION,
  type StatusReport,
} from "../../protocol/status-report.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import { readRetryAfter } from "../outgoing/failure.ts";
import { CallError } from "./calls/call-error.ts";
import { failureOf, type PosFailure, REPORTED_CRM_ID } from "./calls/failure.ts";
import { MAX_REFUSAL_BYTES } from "./calls/limits.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { StreamedAnswer } from "./calls/streamed-answer.ts";

const ERROR_CODE = /^[a-z0-9_]{1,64}$/;

const utf8 = new TextDecoder("utf-8", { fatal: true });
const apiError = Compile(ApiError);

/** @throws CallError when the body is too large, breaks off, or is no JSON of the schema. */
export async function readJson<T extends TSchema>(
  answer: StreamedAnswer,
  maxBytes: number,
  validator: Validator<TProperties, T>,
): Promise<Static<T>> {
  refuseEncoded(answer);
  const value = parseJsonBody(await readBody(answer, maxBytes));
  if (validator.Check(value)) return value;
  const [first] = validator.Errors(value);
  const detail = first ? `${first.instancePath || "/"} ${first.message}` : "does not match the schema";
  throw new CallError("invalid_report", detail);
}

/** Refuses a compressed answer, since `identity` was asked for. */
export function refuseEncoded({ headers, body }: StreamedAnswer): void {
  if ((headers["content-encoding"] ?? "identity") === "identity") return;
  body.destroy();
  throw new CallError("invalid_json", "compressed without being asked to");
}

async function readBody({ headers, body }: StreamedAnswer, maxBytes: number): Promise<Buffer> {
  const declaredBytes = Number(headers["content-length"] ?? 0);
  if (declaredBytes > maxBytes) {
    body.destroy();
    throw new CallError("too_large", `body of ${declaredBytes} bytes`);
  }
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    receivedBytes += chunk.length;
    if (receivedBytes > maxBytes) throw new CallError("too_large", `body of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws CallError `invalid_json` when a body is empty, not UTF-8 or not JSON. */
function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) throw new CallError("invalid_json", "empty body");
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new CallError("invalid_json", error instanceof TypeError ? "not UTF-8" : "not JSON");
  }
}

/**
 * With the text of its body.
 * @param token taken out of the text before it is cut.
 * @param now the monitor's clock, for a `Retry-After` without a `Date`, ms UTC.
 */
export async function readRefusal(
  answer: StreamedAnswer,
  token: string | null,
  now: number,
): Promise<CallError> {
  const { status, headers } = answer;
  const { error, message } = await readApiError(answer, token);
  const retryAfterMs = readRetryAfter(headers, now);
  return new CallError(
    status === 401 || status === 403 ? "unauthorized" : "http_status",
    [`HTTP ${status}`, error, message].filter(Boolean).join(": "),
    { status, ...(error && { error }), ...(retryAfterMs !== null && { retryAfterMs }) },
  );
}

async function readApiError(answer: StreamedAnswer, token: string | null): Promise<Partial<ApiError>> {
  try {
    const { error, message } = await readJson(answer, MAX_REFUSAL_BYTES, apiError);
    const said = (text: string) => (token ? text.replaceAll(token, "…") : text);
    return { ...(ERROR_CODE.test(said(error)) && { error }), message: said(message) };
  } catch (error) {
    if (error instanceof CallError) return {}; // the status says enough
    throw error;
  }
}

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
