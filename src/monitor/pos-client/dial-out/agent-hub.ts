import type { Readable } from "node:stream";
import type { WebSocket } from "ws";
import { Answer } from "../calls/answer.ts";
import { CallError, PosClientClosedError } from "../calls/call-error.ts";
import type { CallLimits } from "../calls/limits.ts";
import type { PosServer } from "../calls/pos-server.ts";
import { AnswerStream, type StreamedAnswer } from "../calls/streamed-answer.ts";
import { requestOf, type Transport } from "../calls/transport.ts";
import {
  AgentConnection,
  type AgentIdentity,
  type CloseReason,
  type ConnectionKeeper,
} from "./agent-connection.ts";
import { type AgentProcess, createMachines } from "./machines.ts";
import type { StreamedCall } from "./streamed-call.ts";

const LOOKED_AFTER_EVERY_MS = 15_000;

export type ConnectedAgent = Pick<AgentConnection, "connectedAt" | "address">;

export type AgentHub = ReturnType<typeof createAgentHub>;

interface AgentHubOptions {
  limits: CallLimits;
  /** The monitor's clock, ms UTC. */
  now: () => number;
  monotonicClock: () => number;
}

/** The agents that have dialled in, one connection each, and calls over it. */
export function createAgentHub({ limits, now, monotonicClock }: AgentHubOptions) {
  const connections = new Map<number, AgentConnection>();
  /** Dismissed connections that are not closed yet: at most one for each agent, however quickly it dials in again. */
  const leaving = new Map<number, AgentConnection>();
  /** By the monotonic clock. */
  const leftAt = new Map<number, number>();
  const isConnected = (id: number) => connections.has(id);
  const machines = createMachines({ now, monotonicClock, isConnected });
  const startedAt = monotonicClock();
  let isClosed = false;
  const keeper: ConnectionKeeper = {
    monotonicClock,
    makeLostError: () => (isClosed ? new PosClientClosedError() : lost()),
    onClose(id, connection) {
      if (leaving.get(id) === connection) leaving.delete(id);
      if (connections.get(id) !== connection) return;
      remove(id, connection);
    },
  };
  const timer = setInterval(endStalled, LOOKED_AFTER_EVERY_MS).unref();

  /** Takes over the connection of an authenticated agent, by its registry id; it replaces the one before. */
  function accept(
    { id, identity, tokenHash }: AgentIdentity & { id: number },
    socket: WebSocket,
    from: AgentProcess,
  ): void {
    dismiss(id, "replaced");
    machines.take(id, from);
    const agent = { id, identity, tokenHash, connectedAt: now(), address: from.address };
    const connection = new AgentConnection(socket, agent, keeper);
    connections.set(id, connection);
    leftAt.delete(id);
    if (isClosed) connection.close("restarting", new PosClientClosedError());
  }

  function dismiss(id: number, reason: CloseReason): void {
    const connection = connections.get(id);
    if (!connection) return;
    leaving.get(id)?.terminate();
    leaving.set(id, connection);
    remove(id, connection);
    connection.close(reason, lost());
  }

  function remove(id: number, { heardAt }: AgentConnection): void {
    connections.delete(id);
    leftAt.set(id, monotonicClock());
    machines.noteEnd(id, heardAt);
  }

  function forget(id: number): void {
    dismiss(id, "changed");
    machines.forget(id);
  }

  function connectionOf(posServer: PosServer): AgentConnection {
    if (isClosed) throw new PosClientClosedError();
    const connection = connections.get(posServer.id);
    if (connection?.isOf(posServer)) return connection;
    if (connection) forget(posServer.id); // the former agent of the POS server: it must not get the new token
    throw new CallError("not_connected", "the agent is not connected");
  }

  function endStalled(): void {
    const moment = monotonicClock();
    for (const [id, connection] of connections) {
      if (connection.isStalled(moment)) dismiss(id, "stalled");
    }
  }

  const transport: Transport = {
    async fetchBody(posServer, path) {
      const connection = connectionOf(posServer);
      const deadline = performance.now() + limits.callTimeoutMs;
      return await new Promise<Buffer>((resolve, reject) => {
        const answer = new Answer(limits, deadline, resolve, reject);
        connection.dispatch(requestOf({ path, accept: "application/json" }, posServer.token), answer);
      });
    },
    async open(posServer, call, { stallTimeoutMs, signal }) {
      signal.throwIfAborted();
      const connection = connectionOf(posServer);
      return await new Promise<StreamedAnswer>((resolve, reject) => {
        let body: Readable | null = null;
        let underWay: StreamedCall | null = null;
        const onAbort = () => {
          body?.destroy(signal.reason);
          underWay?.fail(signal.reason);
        };
        const stopListening = () => signal.removeEventListener("abort", onAbort);
        const answer = new AnswerStream({
          stallTimeoutMs,
          onAnswer(begun) {
            body = begun.body;
            resolve(begun);
          },
          reject(error) {
            stopListening();
            reject(error);
          },
          hangUp() {
            stopListening();
            underWay?.fail(new Error("nobody wants more of the answer"));
          },
        });
        // Before the call, which may end at once: nothing would remove the listener then.
        signal.addEventListener("abort", onAbort);
        underWay = connection.dispatch(requestOf(call, posServer.token), answer);
        if (signal.aborted) onAbort();
      });
    },
    forget,
    async close() {
      isClosed = true;
      clearInterval(timer);
      for (const connection of connections.values())
        connection.close("restarting", new PosClientClosedError());
    },
  };

  return {
    ...transport,
    accept,
    find: (id: number): ConnectedAgent | null => connections.get(id) ?? null,
    /** How many are connected. */
    count: () => connections.size,
    /** Whether another machine with the identity keeps an agent out; ask before `accept`. */
    refuses: machines.refuses,
    /** The machine that is being refused; null = none. */
    refusedOf: machines.refusedOf,
    /** Keeps all but this machine out, once somebody has decided for it. */
    giveTo(id: number, machine: string): void {
      forget(id);
      machines.give(id, machine);
    },
    /** Whether the agent of a POS server is not connected. */
    isAway: ({ id, connection }: Pick<PosServer, "id" | "connection">) =>
      connection === "dial_out" && !connections.has(id),
    /** For how long it has not been connected, ms, since the monitor's start at most; 0 while it is. */
    absentMs: (id: number) => (connections.has(id) ? 0 : monotonicClock() - (leftAt.get(id) ?? startedAt)),
  };
}

/** The agent may have received the call, and acted. */
function lost(): CallError {
  return new CallError("not_connected", "the connection of the agent ended", { isAnswerLost: true });
}
