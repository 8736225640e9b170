import type { Send } from "../channel.ts";
import { failed } from "../failed.ts";
import { hideUrl } from "../http/hide-url.ts";
import { type PostOptions, post } from "../http/post.ts";
import type { OutgoingMessage } from "../message.ts";
import { type PushConnection, pushRequest } from "./push-request.ts";
import { type IsPushService, isPushService } from "./push-services.ts";

/** What tests choose. */
export interface PushOptions extends PostOptions {
  isPushService?: IsPushService;
}

/** Makes a channel that tells a browser by its push service (RFC 8030). */
export function createPushSend(
  connection: PushConnection,
  { isPushService: isKnown = isPushService, ...options }: PushOptions = {},
): Send {
  return async (message, signal) => {
    signal.throwIfAborted();
    const url = URL.parse(connection.target.endpoint);
    if (!url) return failed("refused", "the address of the browser cannot be read");
    if (!isKnown(url)) return failed("address_refused", `${url.host} is no push service that is known`);
    const asked = requestOf(connection, message);
    if (!asked) return failed("recipient", "the keys of the browser cannot be used");
    return await post({ url, ...asked, hide: hideUrl(url, connection.secrets.auth) }, options, signal);
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
