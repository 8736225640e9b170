import { STATUS_CODES } from "node:http";
import type { OutgoingAnswer } from "../../outgoing/call.ts";
import { classOfStatus, failed } from "../../outgoing/failure.ts";
import type { Hide } from "../../outgoing/hide-secrets.ts";
import { shortLine } from "../../pos-client/calls/failure.ts";
import type { SendOutcome } from "./channel.ts";
import { plainLine } from "./plain-text.ts";

/** What is read of an answer: it is an ornament. */
export const MAX_ANSWER_BYTES = 8 * 1024;
const MAX_ANSWER_CHARACTERS = 200;
const MEDIA_TYPE = /^[\w.+-]{1,50}\/[\w.+-]{1,50}/;

/** How handing something over by HTTP ended. @param hide for what the answer says. */
export function outcomeOfHttp(answer: OutgoingAnswer, hide: Hide): SendOutcome {
  const { status, retryAfterMs } = answer;
  const line = answerLine(answer, hide);
  if (status >= 200 && status < 300) return { ok: true, reference: null, answer: shortLine(line) };
  const words = status >= 300 && status < 400 ? `${line}; redirects are not followed` : line;
  return failed(classOfStatus(status, retryAfterMs !== null), words, retryAfterMs);
}

/**
 * `200 OK: ticket 118`: of the body the first line of text, or JSON as it is; a page for people says nothing here. What is not in the internet
 * says no more than `200 OK, text/plain`: nobody is to look around in the network by the test of a channel.
 */
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
