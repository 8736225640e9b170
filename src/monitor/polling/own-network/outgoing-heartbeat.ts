import type { FastifyBaseLogger } from "fastify";
import { call } from "../../outgoing/call.ts";

const LIMITS = { callTimeoutMs: 10_000 };

export interface HeartbeatResult {
  /** ms UTC. */
  at: number;
  /** null = no answer. */
  status: number | null;
  /** Why there was no answer. */
  detail: string;
}

export type OutgoingHeartbeat = ReturnType<typeof createOutgoingHeartbeat>;

/** Calls another system every minute, so that it notices when this one no longer works. */
export function createOutgoingHeartbeat(log: FastifyBaseLogger, clock: () => number) {
  const closing = new AbortController();
  let last: HeartbeatResult | null = null;

  return {
    /** Never rejects: see `last`. */
    async call(url: string): Promise<void> {
      const asked = call({ method: "GET", url, hide: (text) => text }, closing.signal, LIMITS);
      const answer = await asked.catch(() => null);
      if (!answer) return;
      const outcome = answer.ok
        ? { status: answer.status, detail: "" }
        : { status: null, detail: answer.detail };
      const hadWorked = last === null || isDone(last);
      last = { at: clock(), ...outcome };
      if (hadWorked && !isDone(last))
        log.warn({ heartbeat: outcome }, "The outgoing heartbeat was not taken");
    },
    last: () => last,
    close: () => closing.abort(),
  };
}

export function isDone({ status }: HeartbeatResult): boolean {
  return status !== null && status >= 200 && status < 300;
}
