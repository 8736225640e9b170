import { Agent, request } from "undici";
import { errorText } from "../../../../protocol/error-text.ts";
import { shortLine } from "../../../pos-client/calls/failure.ts";
import { lookupAllowed, requireCallable } from "../callable-host.ts";
import type { Send } from "../channel.ts";
import { failed } from "../failed.ts";
import type { OutgoingMessage } from "../message.ts";
import { trustIn } from "../trust.ts";
import { answerFailure } from "../webhook/answer-failure.ts";
import { answerLine } from "../webhook/answer-line.ts";
import { callFailure } from "../webhook/call-failure.ts";
import { hideUrl } from "../webhook/hide-url.ts";
import { type PushConnection, pushRequest } from "./push-request.ts";
import { type IsPushService, isPushService } from "./push-services.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const SEND_TIMEOUT_MS = 15_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** What tests choose. */
export interface PushOptions {
  isPushService?: IsPushService;
  connectTimeoutMs?: number;
  /** All of it. */
  sendTimeoutMs?: number;
  /** PEM, instead of those of the system. */
  authorities?: string;
  /** ms UTC, for a `Retry-After` without a `Date`. */
  clock?: () => number;
}

/** Makes a channel that tells a browser by its push service (RFC 8030). Redirects are not followed. */
export function createPushSend(
  connection: PushConnection,
  {
    isPushService: isKnown = isPushService,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    sendTimeoutMs = SEND_TIMEOUT_MS,
    authorities = "",
    clock = Date.now,
  }: PushOptions = {},
): Send {
  const { endpoint } = connection.target;
  return async (message, signal) => {
    signal.throwIfAborted();
    const url = URL.parse(endpoint);
    if (!url) return failed("refused", "the address of the browser cannot be read");
    if (!isKnown(url)) return failed("address_refused", `${url.host} is no push service that is known`);
    const asked = requestOf(connection, message);
    if (!asked) return failed("recipient", "the keys of the browser cannot be used");
    const hide = hideUrl(url, connection.secrets.auth);
    const overdue = AbortSignal.timeout(sendTimeoutMs);
    let dispatcher: Agent | null = null;
    try {
      requireCallable(url.hostname);
      dispatcher = createDispatcher(url, connectTimeoutMs, authorities);
      const answer = await request(url, {
        ...{ dispatcher, method: "POST", ...asked },
        signal: AbortSignal.any([signal, overdue]),
      });
      const line = await answerLine(answer, hide);
      signal.throwIfAborted();
      const { statusCode: status, headers } = answer;
      if (status >= 200 && status < 300) return { ok: true, reference: null, answer: shortLine(line) };
      return answerFailure({ status, headers, line }, clock());
    } catch (error) {
      signal.throwIfAborted();
      if (overdue.aborted) return failed("response_timeout", `no answer within ${sendTimeoutMs} ms`);
      if (error instanceof Error) return callFailure(error, hide);
      return failed("server_error", hide(errorText(error)));
    } finally {
      await dispatcher?.destroy();
    }
  };
}

/** @returns null when a key is none; what the library says of it may hold the key. */
function requestOf(connection: PushConnection, message: OutgoingMessage) {
  try {
    return pushRequest(connection, message);
  } catch {
    return null;
  }
}

function createDispatcher(url: URL, connectTimeoutMs: number, authorities: string): Agent {
  const trust = url.protocol === "https:" ? { secureContext: trustIn(authorities) } : {};
  return new Agent({
    connect: { lookup: lookupAllowed, timeout: connectTimeoutMs, ...trust },
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}
