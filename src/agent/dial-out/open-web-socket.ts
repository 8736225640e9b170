import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { hostname } from "node:os";
import { WebSocket } from "ws";
import {
  CONNECT_PATH,
  HOST_HEADER,
  INSTANCE_HEADER,
  MACHINE_HEADER,
  MAX_MESSAGE_BYTES,
  POS_SERVER_ID_HEADER,
  SUBPROTOCOL,
} from "../../protocol/dial-out.ts";
import type { Identity } from "../machine/identity.ts";
import { describeMachine } from "../machine/machine-id.ts";
import { DialOutError, retryAfterMs, withinTime } from "./dial-out-error.ts";
import { type DialOutTarget, openSocket } from "./open-socket.ts";

const OPEN_WITHIN_MS = 20_000;
const OTHER_MACHINE = 409;

/** `instance`: random, one for each process. The socket is returned paused. @throws DialOutError, or the signal's reason. */
export async function openWebSocket(
  target: DialOutTarget,
  { posServerId, token, instance }: Pick<Identity, "posServerId" | "token"> & { instance: string },
  signal: AbortSignal,
): Promise<{ socket: WebSocket; pin: string | null }> {
  return await withinTime(OPEN_WITHIN_MS, signal, async (ending) => {
    const { socket, pin } = await openSocket(target, ending);
    const url = `${target.monitor.replace(/^http/, "ws")}${CONNECT_PATH}`;
    const headers = {
      authorization: `Bearer ${token}`,
      [POS_SERVER_ID_HEADER]: posServerId,
      [INSTANCE_HEADER]: instance,
      [MACHINE_HEADER]: describeMachine(),
      [HOST_HEADER]: Buffer.from(hostname()).toString("base64url"),
    };
    return { socket: await upgrade(socket, url, headers, ending), pin };
  });
}

function upgrade(
  plain: Socket,
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, SUBPROTOCOL, {
      createConnection: () => plain,
      headers,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      followRedirects: false,
      signal,
    } as ConstructorParameters<typeof WebSocket>[2]);
    socket.once("unexpected-response", (_request, answer: IncomingMessage) => {
      reject(refusalOf(answer));
      socket.terminate();
    });
    socket.on("error", ({ message }) =>
      reject(signal.aborted ? signal.reason : new DialOutError("not_reached", "no connection", message)),
    );
    socket.once("open", () => {
      socket.pause();
      resolve(socket);
    });
  });
}

function refusalOf({ statusCode, headers }: IncomingMessage): DialOutError {
  const detail = `HTTP ${statusCode}`;
  const waitMs = retryAfterMs(headers);
  if (statusCode === OTHER_MACHINE)
    return new DialOutError(
      "other_machine",
      "another machine with this identity is connected",
      detail,
      waitMs,
    );
  return statusCode === 401
    ? new DialOutError("unknown_here", "the monitor knows no such POS server or token", detail, waitMs)
    : new DialOutError("refused", "the monitor refuses", detail, waitMs);
}
