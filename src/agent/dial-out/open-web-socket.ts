import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import {
  CONNECT_PATH,
  INSTANCE_HEADER,
  MAX_MESSAGE_BYTES,
  POS_SERVER_ID_HEADER,
  SUBPROTOCOL,
} from "../../protocol/dial-out.ts";
import type { DialOutConfig } from "../config/dial-out-config.ts";
import type { Identity } from "../machine/identity.ts";
import { DialOutError } from "./dial-out-error.ts";
import { openSocket } from "./open-socket.ts";

const OPEN_WITHIN_MS = 20_000;
const SECONDS = /^\d{1,6}$/;

/** Who dials out: the agent, and which of its processes. */
export interface Caller extends Pick<Identity, "posServerId" | "token"> {
  /** Made by chance. */
  instance: string;
}

/**
 * Dials out to the monitor and tells it who this is.
 * @throws DialOutError, or the signal's reason.
 */
export async function openWebSocket(
  config: DialOutConfig,
  { posServerId, token, instance }: Caller,
  signal: AbortSignal,
): Promise<WebSocket> {
  const timeout = AbortSignal.timeout(OPEN_WITHIN_MS);
  const ending = AbortSignal.any([signal, timeout]);
  try {
    const socket = await openSocket(config, ending);
    return await upgrade(socketUrl(config.monitor), {
      createConnection: () => socket,
      headers: {
        authorization: `Bearer ${token}`,
        [POS_SERVER_ID_HEADER]: posServerId,
        [INSTANCE_HEADER]: instance,
      },
      signal: ending,
    });
  } catch (error) {
    if (timeout.aborted && !signal.aborted)
      throw new DialOutError("no_answer", "the monitor does not answer", `${OPEN_WITHIN_MS / 1000} s`);
    throw error;
  }
}

interface UpgradeOptions {
  createConnection: () => Socket;
  headers: Record<string, string>;
  signal: AbortSignal;
}

function upgrade(url: string, { signal, ...options }: UpgradeOptions): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, SUBPROTOCOL, {
      ...options,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      followRedirects: false,
    } as ConstructorParameters<typeof WebSocket>[2]);
    const onAbort = () => {
      reject(signal.reason);
      socket.terminate();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = () => signal.removeEventListener("abort", onAbort);
    socket.once("unexpected-response", (_request, answer: IncomingMessage) => {
      settle();
      reject(refusalOf(answer));
      socket.terminate();
    });
    socket.on("error", (error) => {
      settle();
      reject(new DialOutError("not_reached", "no connection", error.message));
    });
    socket.once("open", () => {
      settle();
      socket.pause(); // what the monitor says at once is for whoever takes the socket
      resolve(socket);
    });
  });
}

function refusalOf({ statusCode, headers }: IncomingMessage): DialOutError {
  const retryAfter = headers["retry-after"] ?? "";
  const detail = `HTTP ${statusCode}`;
  const retryAfterMs = SECONDS.test(retryAfter) ? Number(retryAfter) * 1000 : null;
  return statusCode === 401
    ? new DialOutError("unknown_here", "the monitor knows no such POS server or token", detail, retryAfterMs)
    : new DialOutError("refused", "the monitor refuses", detail, retryAfterMs);
}

function socketUrl(monitor: string): string {
  return `${monitor.replace(/^http/, "ws").replace(/\/+$/, "")}${CONNECT_PATH}`;
}
