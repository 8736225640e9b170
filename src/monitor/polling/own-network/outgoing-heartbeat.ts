import type { FastifyBaseLogger } from "fastify";
import { Agent, request } from "undici";
import { errorText } from "../../../protocol/error-text.ts";
import { isCallable, lookupCallable } from "./callable.ts";

const ANSWERED_WITHIN_MS = 10_000;

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
  /** Never rejects: how it ended is kept. */
  call(url: string): Promise<void>;
  /** Of this process; null = none was made. */
  last(): HeartbeatResult | null;
  close(): Promise<void>;
}

export function createOutgoingHeartbeat(log: FastifyBaseLogger, clock: () => number): OutgoingHeartbeat {
  const dispatcher = new Agent({ connect: { lookup: lookupCallable }, pipelining: 0 });
  let last: HeartbeatResult | null = null;

  return {
    async call(url) {
      const outcome = await ask(url);
      const hadWorked = last === null || isDone(last);
      last = { at: clock(), ...outcome };
      if (hadWorked && !isDone(last))
        log.warn({ heartbeat: outcome }, "The outgoing heartbeat was not taken");
    },
    last: () => last,
    close: () => dispatcher.destroy(),
  };

  async function ask(url: string): Promise<Omit<HeartbeatResult, "at">> {
    try {
      const { hostname } = new URL(url);
      if (!isCallable(hostname)) throw new Error(`address ${hostname} is not allowed`);
      const signal = AbortSignal.timeout(ANSWERED_WITHIN_MS);
      const { statusCode, body } = await request(url, { dispatcher, signal });
      await body.dump();
      return { status: statusCode, detail: "" };
    } catch (error) {
      return { status: null, detail: errorText(error) };
    }
  }
}

/** Whether a result says that the other side has noticed. */
export function isDone({ status }: HeartbeatResult): boolean {
  return status !== null && status >= 200 && status < 300;
}
