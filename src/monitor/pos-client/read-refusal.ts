import { Compile } from "typebox/compile";
import { ApiError } from "../../protocol/api-error.ts";
import { readRetryAfter } from "../outgoing/retry-after.ts";
import { CallError } from "./calls/call-error.ts";
import { MAX_REFUSAL_BYTES } from "./calls/limits.ts";
import type { StreamedAnswer } from "./calls/streamed-answer.ts";
import { readJson } from "./read-answer.ts";

const apiError = Compile(ApiError);
const ERROR_CODE = /^[a-z0-9_]{1,64}$/;

/**
 * Names an answer that is no success, with what its body says of it.
 * @param token taken out of what is said, before any of it is cut.
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
