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
import type { StreamedCall } from "./streamed-call.ts";
import { type AgentProcess, createTwoMachines, type Rivals } from "./two-machines.ts";

const LOOKED_AFTER_EVERY_MS = 15_000;

export type ConnectedAgent = Pick<AgentConnection, "connectedAt" | "address">;

/** The agents that have dialled in, one connection each, and calls over it. */
export interface AgentHub extends Transport {
  /** Takes over the connection of an authenticated agent, by its registry id; the newest one wins. */
  accept(agent: AgentIdentity & { id: number }, socket: WebSocket, from: AgentProcess): void;
  find(id: number): ConnectedAgent | null;
  /** How many are connected. */
  count(): number;
  /** Two machines that dial in as one: neither is called until somebody has decided; null = it is one. */
  rivalsOf(id: number): Rivals | null;
  /** Restores a pair that was known when the program ended. */
  restore(id: number, pair: Rivals): void;
  keep(id: number, instance: string): void;
  /** Whether the agent of a POS server is not connected, or is one of two. */
  isAway(posServer: Pick<PosServer, "id" | "connection">): boolean;
  /** For how long it has not been connected, ms, since the monitor's start at most; 0 while it is. */
  absentMs(id: number): number;
}

interface AgentHubOptions {
  limits: CallLimits;
  /** The monitor's clock, ms UTC. */
  now: () => number;
  monotonicClock: () => number;
}

export function createAgentHub({ limits, now, monotonicClock }: AgentHubOptions): AgentHub {
  const connections = new Map<number, AgentConnection>();
  /** Dismissed connections that are not closed yet: at most one for each agent, however quickly it dials in again. */
  const leaving = new Map<number, AgentConnection>();
  /** By the monotonic clock. */
  const leftAt = new Map<number, number>();
  const twoMachines = createTwoMachines(now);
  const startedAt = monotonicClock();
  let isClosed = false;
  const keeper: ConnectionKeeper = {
    monotonicClock,
    makeLostError: () => (isClosed ? new PosClientClosedError() : lost()),
    onClose(id, connection) {
      if (leaving.get(id) === connection) leaving.delete(id);
      if (connections.get(id) !== connection) return;
      connections.delete(id);
      leftAt.set(id, monotonicClock());
    },
  };
  const timer = setInterval(endStalled, LOOKED_AFTER_EVERY_MS).unref();

  function accept(
    { id, identity, tokenHash }: AgentIdentity & { id: number },
    socket: WebSocket,
    from: AgentProcess,
  ): void {
    twoMachines.note(id, from);
    dismiss(id, "replaced");
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
    connections.delete(id);
    leftAt.set(id, monotonicClock());
    connection.close(reason, lost());
  }

  function connectionOf(posServer: PosServer): AgentConnection {
    if (isClosed) throw new PosClientClosedError();
    const rivals = twoMachines.rivalsOf(posServer.id);
    if (rivals) throw new CallError("two_machines", describe(rivals));
    const connection = connections.get(posServer.id);
    if (connection?.isOf(posServer)) return connection;
    dismiss(posServer.id, "changed"); // the former agent of the POS server: it must not get the new token
    throw new CallError("not_connected", "the agent is not connected");
  }

  function endStalled(): void {
    const moment = monotonicClock();
    for (const [id, connection] of connections) {
      if (connection.isStalled(moment)) dismiss(id, "stalled");
    }
  }

  return {
    accept,
    find: (id) => connections.get(id) ?? null,
    count: () => connections.size,
    rivalsOf: twoMachines.rivalsOf,
    restore: twoMachines.restore,
    keep(id, instance) {
      if (!twoMachines.settle(id, instance)) dismiss(id, "changed");
    },
    isAway: ({ id, connection }) =>
      connection === "dial_out" && (!connections.has(id) || twoMachines.rivalsOf(id) !== null),
    absentMs: (id) => (connections.has(id) ? 0 : monotonicClock() - (leftAt.get(id) ?? startedAt)),
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
    forget(id) {
      twoMachines.settle(id, null);
      dismiss(id, "changed");
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      for (const connection of connections.values())
        connection.close("restarting", new PosClientClosedError());
    },
  };
}

function describe(rivals: Rivals): string {
  const machines = rivals.map(({ host, address }) => `${host || "?"} at ${address}`);
  return machines.sort().join(", ");
}

/** The agent may have received the call, and acted. */
function lost(): CallError {
  return new CallError("not_connected", "the connection of the agent ended", { isAnswerLost: true });
}
