import type { FastifyBaseLogger } from "fastify";
import { call } from "../../outgoing/call.ts";

const LIMITS = { callTimeoutMs: 10_000 };

/** How the last call ended. */
export interface HeartbeatResult {
  /** ms UTC. */
  at: number;
  /** null = nobody answered. */
  status: number | null;
  /** Why nobody did. */
  detail: string;
}

/** Tells another system every minute that this one works, so that it notices when that is over. */
export interface OutgoingHeartbeat {
  /** Never rejects: how it ended is kept, unless the process ends it. */
  call(url: string): Promise<void>;
  /** Of this process; null = none was made. */
  last(): HeartbeatResult | null;
  /** Ends what is under way. */
  close(): void;
}

export function createOutgoingHeartbeat(log: FastifyBaseLogger, clock: () => number): OutgoingHeartbeat {
  const closing = new AbortController();
  let last: HeartbeatResult | null = null;

  return {
    async call(url) {
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

/** Whether a result says that the other side has noticed. */
export function isDone({ status }: HeartbeatResult): boolean {
  return status !== null && status >= 200 && status < 300;
}
