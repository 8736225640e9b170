import type { ChannelFailure } from "../channel.ts";
import { failed, type SendFailure } from "../failed.ts";

const HTTP = { badRequest: 400, unauthorized: 401, forbidden: 403, tooLarge: 413, tooMany: 429 };
const HTTP_SERVER_ERROR = 500;

/** Codes say more than the status that they come with: a wrong token is refused with 401, and was with 403. */
const BY_CODE: readonly (readonly [code: RegExp, failure: ChannelFailure])[] = [
  [/^verify\.token$/, "unauthorized"],
  [/^too\.many\.requests$/, "rate_limited"],
  [/^(?:chat|dialog|user)\./, "recipient"],
  [/^(?:service\.unavailable|internal(?:\.\w+)*)$/, "server_error"],
];
const OF_RECIPIENT = /^unknown recipient|error\.(?:dialog|chat|user)\./i;
const OF_CONTENT = /^proto\./;

/** What MAX says of a call that it does not take. */
export interface MaxRefusal {
  status: number;
  /** `chat.denied`; empty = it has said none. */
  code: string;
  message?: string;
  retryAfterMs: number | null;
}

/** Names a refusal of MAX, by its code, its status and its words. @param hide for what it may say. */
export function nameRefusal(
  { status, code, message = "", retryAfterMs }: MaxRefusal,
  hide: (text: string) => string,
): SendFailure {
  const failure = nameOf(status, code, message);
  const isOfContent = OF_CONTENT.test(code) || status === HTTP.badRequest || status === HTTP.tooLarge;
  const words = [code, message].filter((part) => part !== "").join(": ") || `HTTP ${status}`;
  return failed(failure, hide(words), {
    retryAfterMs,
    isOfMessage: failure === "refused" && isOfContent,
  });
}

/** Names an answer that is none of a Bot API. */
export function nameUnreadable(status: number, retryAfterMs: number | null): SendFailure {
  const failure = nameOf(status, "", "");
  const isNamed = failure === "rate_limited" || failure === "server_error";
  if (isNamed) return failed(failure, `HTTP ${status}`, { retryAfterMs });
  return failed("invalid_answer", `HTTP ${status}, and no answer of a Bot API`);
}

function nameOf(status: number, code: string, message: string): ChannelFailure {
  const known = BY_CODE.find(([codes]) => codes.test(code))?.[1];
  if (known) return known;
  if (status === HTTP.unauthorized) return "unauthorized";
  if (status === HTTP.forbidden) return "recipient";
  if (status === HTTP.tooMany) return "rate_limited";
  if (status >= HTTP_SERVER_ERROR) return "server_error";
  return OF_RECIPIENT.test(message) ? "recipient" : "refused";
}
