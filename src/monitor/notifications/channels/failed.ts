import { shortLine } from "../../pos-client/calls/failure.ts";
import type { ChannelFailure, SendOutcome } from "./channel.ts";

/** What kept a message from being handed over. */
export type SendFailure = Extract<SendOutcome, { ok: false }>;

/** Makes a failure whose detail is one short line, whatever the other side put into it. */
export function failed(
  failure: ChannelFailure,
  detail: string,
  {
    retryAfterMs = null,
    isOfMessage = false,
  }: Partial<Pick<SendFailure, "retryAfterMs" | "isOfMessage">> = {},
): SendFailure {
  return { ok: false, failure, detail: shortLine(detail), retryAfterMs, isOfMessage };
}
