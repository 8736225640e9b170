import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from "node:http2";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import { createWebSocketStream, type WebSocket } from "ws";
import { PING_EVERY_MS } from "../../protocol/dial-out.ts";
import type { DialOutConfig } from "../config/dial-out-config.ts";
import type { Identity } from "../machine/identity.ts";
import { nextDelayMs } from "./back-off.ts";
import { openWebSocket } from "./open-web-socket.ts";

/** A connection that stood for so long was a success. */
const STOOD_MS = 10_000;
const MAX_CALLS_AT_ONCE = 32;

export interface DialOut {
  close(): Promise<void>;
}

export interface DialOutOptions {
  config: DialOutConfig;
  identity: Pick<Identity, "posServerId" | "token">;
  /** Answers what the monitor asks. */
  answer: (request: Http2ServerRequest, response: Http2ServerResponse) => void;
  log: FastifyBaseLogger;
}

/** Keeps one connection to the monitor, over which the monitor asks, until it is closed. */
export function createDialOut({ config, identity, answer, log }: DialOutOptions): DialOut {
  const caller = { ...identity, instance: randomUUID() };
  const closing = new AbortController();
  const answering = createAnswering(answer);
  const running = keepConnected();

  async function keepConnected(): Promise<void> {
    let failures = 0;
    let told: string | null = null;
    while (!closing.signal.aborted) {
      let closeCode: number | null = null;
      let retryAfterMs: number | null = null;
      try {
        const socket = await openWebSocket(config, caller, closing.signal);
        log.info("connected to the monitor");
        told = null;
        const startedAt = performance.now();
        closeCode = await serve(socket, answering, closing.signal);
        failures = performance.now() - startedAt < STOOD_MS ? failures + 1 : 0;
        if (!closing.signal.aborted) log.info({ closeCode }, "the connection to the monitor ended");
      } catch (error) {
        if (closing.signal.aborted) return;
        failures += 1;
        ({ retryAfterMs = null } = error as { retryAfterMs?: number | null });
        told = tellOnce(log, (error as Error).message, told);
      }
      const waitMs = nextDelayMs({ failures, closeCode, retryAfterMs });
      await delay(waitMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  return {
    async close() {
      closing.abort(new Error("the agent ends"));
      await running;
    },
  };
}

/** Says why the monitor is not reached when that changes, not with every attempt. */
function tellOnce(log: FastifyBaseLogger, problem: string, told: string | null): string {
  if (problem !== told) log.warn({ problem }, "the monitor is not reached; trying again until it is");
  return problem;
}

/** HTTP/2 over streams: the roles are reversed, so that who dialled out answers. */
function createAnswering(answer: DialOutOptions["answer"]): Http2Server {
  const answering = createServer({ settings: { maxConcurrentStreams: MAX_CALLS_AT_ONCE } }, answer);
  answering.on("sessionError", () => undefined); // the connection ends, and that is told
  return answering;
}

/** Answers over a connection until it ends. @returns the code with which the other side closed it, or null. */
async function serve(socket: WebSocket, answering: Http2Server, signal: AbortSignal): Promise<number | null> {
  const stream: Duplex = createWebSocketStream(socket);
  stream.on("error", () => undefined); // "close" of the socket follows
  const onAbort = () => socket.terminate();
  signal.addEventListener("abort", onAbort, { once: true });
  answering.once("session", (session: ServerHttp2Session) => session.once("close", () => socket.terminate()));
  answering.emit("connection", stream);
  const pinging = keepAlive(socket);
  try {
    const [code] = (await once(socket, "close")) as [number];
    return code;
  } finally {
    clearInterval(pinging);
    signal.removeEventListener("abort", onAbort);
    stream.destroy();
  }
}

/** Ends a connection over which nobody answers a ping until the next one. */
function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let isAnswered = true;
  socket.on("pong", () => {
    isAnswered = true;
  });
  return setInterval(() => {
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
  }, PING_EVERY_MS);
}
