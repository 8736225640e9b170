import { STATUS_CODES } from "node:http";
import { shortLine } from "../../../protocol/visible-text.ts";
import { type CallLimits, call, type OutgoingAnswer, type OutgoingCall } from "../../outgoing/call.ts";
import { classOfStatus, failed } from "../../outgoing/failure.ts";
import { type Hide, hideSecrets, secretsOfUrl } from "../../outgoing/hide-secrets.ts";
import type { SendOutcome } from "./kind.ts";
import { plainLine } from "./plain-text.ts";

/** The body of an answer is not needed. */
const LIMITS = { callTimeoutMs: 15_000, maxAnswerBytes: 8 * 1024, bodyTimeoutMs: 2_000 };
const MAX_ANSWER_CHARACTERS = 200;
const MEDIA_TYPE = /^[\w.+-]{1,50}\/[\w.+-]{1,50}/;

/** @param secret is hidden in what is reported, like the URL except its host. @param limits for tests. */
export async function post(
  { secret, ...request }: Pick<OutgoingCall, "url" | "headers" | "body"> & { secret: string },
  signal: AbortSignal,
  limits: Partial<CallLimits> = {},
): Promise<SendOutcome> {
  const hide = hideSecrets([...secretsOfUrl(request.url), secret]);
  const headers = { "User-Agent": "Poswatch", ...request.headers };
  const answer = await call({ method: "POST", ...request, headers, hide }, signal, { ...LIMITS, ...limits });
  return answer.ok ? outcomeOfHttp(answer, hide) : answer;
}

/** @param hide secrets in the answer. */
export function outcomeOfHttp(answer: OutgoingAnswer, hide: Hide): SendOutcome {
  const { status, retryAfterMs } = answer;
  const line = answerLine(answer, hide);
  if (status >= 200 && status < 300) return { ok: true, reference: null, answer: shortLine(line) };
  const words = status >= 300 && status < 400 ? `${line}; redirects are not followed` : line;
  return failed(classOfStatus(status, retryAfterMs !== null), words, retryAfterMs);
}

/** `200 OK: ticket 118`; from the local network only `200 OK, text/plain`, as a channel's test must not explore it. */
function answerLine(answer: OutgoingAnswer, hide: Hide): string {
  const { status, statusLine, contentType, contentEncoding, isPublic, text } = answer;
  if (!isPublic) {
    const [type = ""] = MEDIA_TYPE.exec(contentType) ?? [];
    return [`${status} ${STATUS_CODES[status] ?? ""}`.trim(), hide(type)].filter(Boolean).join(", ");
  }
  const body = text.trim();
  const isReadable = contentEncoding === null && !body.startsWith("<");
  const said = /^[{[]/.test(body) ? body : (body.split(/[\r\n]/)[0] ?? "");
  const line = isReadable ? hide(plainLine(said)).slice(0, MAX_ANSWER_CHARACTERS) : "";
  return [hide(plainLine(statusLine)), line].filter(Boolean).join(": ");
}
