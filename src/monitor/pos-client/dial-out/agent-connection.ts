import { type ClientHttp2Session, connect } from "node:http2";
import type { Dispatcher } from "undici";
import { createWebSocketStream, type WebSocket } from "ws";
import { CLOSE_CODES, PING_EVERY_MS } from "../../../protocol/dial-out.ts";
import { hashSecretToken } from "../../secrets/secret-token.ts";
import { MAX_HEADER_BYTES } from "../calls/limits.ts";
import type { PosServer } from "../calls/pos-server.ts";
import type { requestOf } from "../calls/transport.ts";
import { type CallUnderWay, dispatchCall } from "./dispatch-call.ts";

/** What of an answer may be on its way unread: as much as a slow line with a long delay needs. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** Two pings of the agent were lost, and half a third. */
const SILENT_AFTER_MS = 2.5 * PING_EVERY_MS;
/** HTTP/2 keeps back what does not fit into the connection: so much of it means that the agent does not read. */
const MAX_UNSENT_FRAMES = 1_000;
const CLOSING_MS = 2_000;

export type CloseReason = keyof typeof CLOSE_CODES;

/** Who has dialled in, as the registry knew it then. */
export interface AgentIdentity {
  identity: string;
  tokenHash: Buffer;
}

/** The connection that an agent has made: the monitor asks over it, several calls at once. */
export interface AgentConnection {
  /** When it was made, ms UTC, and from which address. */
  connectedAt: number;
  address: string;
  /** Whether whoever has made it is the agent of a POS server, as the registry knows that now. */
  isOf(posServer: PosServer): boolean;
  /** Sends a call; `handler` is told how it goes. */
  dispatch(request: ReturnType<typeof requestOf>, handler: Dispatcher.DispatchHandler): CallUnderWay;
  /** Whether the agent does not read, or does not say anything, by the monotonic clock. */
  isStalled(now: number): boolean;
  /** Ends the calls under way with this error, and the connection with a reason that the agent is told. */
  close(reason: CloseReason, error: Error): void;
  /** Ends it without waiting for the agent. */
  terminate(): void;
}

interface AgentConnectionOptions extends AgentIdentity {
  connectedAt: number;
  address: string;
  monotonicClock: () => number;
  /** What calls fail with that are under way when the agent hangs up. */
  makeLostError: () => Error;
  /** Told once, however it ended. */
  onClose: () => void;
}

export function createAgentConnection(
  socket: WebSocket,
  {
    connectedAt,
    address,
    identity,
    tokenHash,
    monotonicClock,
    makeLostError,
    onClose,
  }: AgentConnectionOptions,
): AgentConnection {
  const calls = new Set<CallUnderWay>();
  const session = openSession(socket);
  let heardAt = monotonicClock();
  let isClosed = false;

  const hear = () => {
    heardAt = monotonicClock();
  };
  socket.on("ping", hear);
  socket.on("message", hear);
  socket.once("close", () => end(makeLostError()));
  session.once("close", () => {
    if (!isClosed) socket.terminate(); // it speaks no HTTP/2
  });

  function end(error: Error): void {
    if (isClosed) return;
    isClosed = true;
    for (const call of calls) call.fail(error);
    session.destroy();
    onClose();
  }

  return {
    connectedAt,
    address,
    isOf: ({ posServerId, token }) =>
      posServerId === identity && token !== null && hashSecretToken(token).equals(tokenHash),
    dispatch: (request, handler) => dispatchCall(session, request, handler, calls),
    isStalled: (now) =>
      now - heardAt > SILENT_AFTER_MS || (session.state.outboundQueueSize ?? 0) > MAX_UNSENT_FRAMES,
    close(reason, error) {
      for (const call of calls) call.fail(error);
      socket.close(CLOSE_CODES[reason], reason);
      setTimeout(() => socket.terminate(), CLOSING_MS).unref();
    },
    terminate: () => socket.terminate(),
  };
}

/** HTTP/2 inside the WebSocket. Whatever goes wrong in it ends the calls, and is told there. */
function openSession(socket: WebSocket): ClientHttp2Session {
  const stream = createWebSocketStream(socket);
  stream.on("error", () => undefined);
  const session = connect("http://agent", {
    createConnection: () => stream,
    settings: {
      enablePush: false,
      headerTableSize: 0,
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxHeaderListSize: MAX_HEADER_BYTES,
    },
  });
  session.on("error", () => undefined);
  session.once("connect", () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
  return session;
}
