import { type ClientHttp2Session, connect } from "node:http2";
import type { Dispatcher } from "undici";
import { createWebSocketStream, type WebSocket } from "ws";
import { CLOSE_CODES, PING_EVERY_MS } from "../../../protocol/dial-out.ts";
import { hashSecretToken } from "../../secrets/secret-box.ts";
import { MAX_HEADER_BYTES } from "../calls/limits.ts";
import type { PosServer } from "../calls/pos-server.ts";
import type { requestOf } from "../calls/transport.ts";
import { StreamedCall } from "./streamed-call.ts";

/** How much of an answer may be on its way unread, enough for a slow line with a long delay. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** Two lost pings of the agent, and some more. */
const SILENT_AFTER_MS = 2.5 * PING_EVERY_MS;
/** HTTP/2 queues what does not fit into the connection: this much means that the agent does not read. */
const MAX_UNSENT_FRAMES = 1_000;
const CLOSING_MS = 2_000;

export type CloseReason = keyof typeof CLOSE_CODES;

/** The identity of a connected agent, as registered when it connected. */
export interface AgentIdentity {
  identity: string;
  /** base64url. */
  tokenHash: string;
}

/** A connected agent; `id` of the registry, times in ms UTC. */
interface DialledIn extends AgentIdentity {
  id: number;
  connectedAt: number;
  address: string;
}

/** What connections need of their hub; one object for all of them. */
export interface ConnectionKeeper {
  monotonicClock: () => number;
  /** The error of calls under way when the agent hangs up. */
  makeLostError: () => Error;
  /** Called once for each connection. */
  onClose: (id: number, connection: AgentConnection) => void;
}

/** The connection of an agent, over which the monitor makes several calls at once. A class, to keep each one small. */
export class AgentConnection {
  /** ms UTC. */
  readonly connectedAt: number;
  readonly address: string;
  readonly #id: number;
  readonly #identity: string;
  readonly #tokenHash: string;
  readonly #keeper: ConnectionKeeper;
  readonly #socket: WebSocket;
  readonly #session: ClientHttp2Session;
  readonly #calls = new Set<StreamedCall>();
  #heardAt: number;
  #isClosed = false;

  constructor(
    socket: WebSocket,
    { id, connectedAt, address, identity, tokenHash }: DialledIn,
    keeper: ConnectionKeeper,
  ) {
    this.connectedAt = connectedAt;
    this.address = address;
    this.#id = id;
    this.#identity = identity;
    this.#tokenHash = tokenHash;
    this.#keeper = keeper;
    this.#socket = socket;
    this.#heardAt = keeper.monotonicClock();

    const hear = () => {
      this.#heardAt = keeper.monotonicClock();
    };
    socket.on("ping", hear);
    socket.on("message", hear);
    socket.on("close", () => this.#end(keeper.makeLostError()));
    socket.on("error", terminate);
    this.#session = openSession(socket);
    this.#session.on("close", () => {
      if (!this.#isClosed) socket.terminate(); // it speaks no HTTP/2
    });
  }

  /** When it last said anything, by the monotonic clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether it is the agent of this POS server, as registered now. */
  isOf({ posServerId, token }: PosServer): boolean {
    return posServerId === this.#identity && token !== null && tokenHashOf(token) === this.#tokenHash;
  }

  /** Sends a call, and calls `handler` as undici does. */
  dispatch(request: ReturnType<typeof requestOf>, handler: Dispatcher.DispatchHandler): StreamedCall {
    const call = new StreamedCall(handler, this.#calls);
    call.start(this.#session, request);
    return call;
  }

  /** Whether the agent does not read or send anything. @param now by the monotonic clock. */
  isStalled(now: number): boolean {
    return (
      now - this.#heardAt > SILENT_AFTER_MS ||
      (this.#session.state.outboundQueueSize ?? 0) > MAX_UNSENT_FRAMES
    );
  }

  /** Ends the calls under way with this error, and the connection with a reason for the agent. */
  close(reason: CloseReason, error: Error): void {
    for (const call of this.#calls) call.fail(error);
    this.#socket.close(CLOSE_CODES[reason], reason);
    setTimeout(() => this.terminate(), CLOSING_MS).unref();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #end(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const call of this.#calls) call.fail(error);
    this.#session.destroy();
    this.#keeper.onClose(this.#id, this);
  }
}

export function tokenHashOf(token: string): string {
  return hashSecretToken(token).toString("base64url");
}

function terminate(this: WebSocket): void {
  this.terminate();
}

/** HTTP/2 inside the WebSocket; its errors end the calls, which report them. */
function openSession(socket: WebSocket): ClientHttp2Session {
  const stream = createWebSocketStream(socket);
  stream.on("error", ignore);
  const session = connect("http://agent", {
    createConnection: () => stream,
    // A poll a minute gains little from compressing headers, so nobody keeps a table.
    maxDeflateDynamicTableSize: 0,
    settings: {
      enablePush: false,
      headerTableSize: 0,
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxHeaderListSize: MAX_HEADER_BYTES,
    },
  });
  session.on("error", ignore);
  session.once("connect", widenWindow);
  return session;
}

function widenWindow(session: ClientHttp2Session): void {
  session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
}

function ignore(): void {}
