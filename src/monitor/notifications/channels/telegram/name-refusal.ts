import type { GrammyError } from "grammy";
import type { ChannelFailure } from "../channel.ts";
import { failed, type SendFailure } from "../failed.ts";

/** How a call to a Bot API failed. */
export type TelegramFailure = SendFailure;

const SECOND_MS = 1_000;
const HTTP = {
  badRequest: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  tooLarge: 413,
  tooMany: 429,
};
const HTTP_SERVER_ERROR = 500;

/** What a Bot API says when whom a message is for is not there, or wants none. */
const OF_RECIPIENT = [
  /chat not found|user not found|PEER_ID_INVALID|CHANNEL_(?:INVALID|PRIVATE)/i,
  /thread not found|TOPIC_(?:CLOSED|DELETED|ID_INVALID)/i,
  /not enough rights|have no rights|need administrator rights|CHAT_(?:WRITE|SEND_\w+)_FORBIDDEN|CHAT_RESTRICTED/i,
  /deactivated|not a member|upgraded to a supergroup/i,
];

/** Names a refusal of a Bot API, by its code and its words. @param hide for what it may say. */
export function nameRefusal(
  { error_code: code, description, parameters }: GrammyError,
  hide: (text: string) => string,
): TelegramFailure {
  const failure = nameOf(code, description);
  const { retry_after: retryAfter } = parameters;
  return failed(failure, hide(description), {
    retryAfterMs: retryAfter === undefined ? null : Math.ceil(retryAfter * SECOND_MS),
    isOfMessage: failure === "refused" && (code === HTTP.badRequest || code === HTTP.tooLarge),
  });
}

function nameOf(code: number, description: string): ChannelFailure {
  // The method is always one that there is: what is not found is the bot of a token.
  if (code === HTTP.unauthorized || code === HTTP.notFound) return "unauthorized";
  if (code === HTTP.forbidden) return "recipient";
  if (code === HTTP.tooMany) return "rate_limited";
  if (code >= HTTP_SERVER_ERROR) return "server_error";
  return OF_RECIPIENT.some((words) => words.test(description)) ? "recipient" : "refused";
}
