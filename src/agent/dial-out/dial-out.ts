import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import { errorText } from "../../protocol/error-text.ts";
import type { Identity } from "../machine/identity.ts";
import { type Answer, createAnswering } from "./answering.ts";
import { nextDelayMs } from "./back-off.ts";
import { type DialOutTarget, openWebSocket } from "./open-socket.ts";

/** A connection that lasted so long resets the count of failures. */
const STOOD_MS = 10_000;
/** How often it checks whether there is a monitor, or another one. */
const LOOK_EVERY_MS = 5_000;

export type DialOut = ReturnType<typeof createDialOut>;

export interface DialOutOptions {
  /** The current target; null = none yet. It never rejects. */
  readTarget: () => Promise<DialOutTarget | null>;
  identity: Pick<Identity, "posServerId" | "token">;
  answer: Answer;
  log: FastifyBaseLogger;
  /** From 0 to 1: spreads the waits between attempts. */
  random?: (() => number) | undefined;
}

/** Keeps one connection to the monitor, over which the monitor calls. Waits while there is no target. */
export function createDialOut({ readTarget, identity, answer, log, random = Math.random }: DialOutOptions) {
  const caller = { ...identity, instance: randomUUID() };
  const closing = new AbortController();
  const answering = createAnswering(answer);
  const running = followMonitor();

  async function followMonitor(): Promise<void> {
    while (!closing.signal.aborted) {
      const target = await readTarget();
      if (target) await keepTo(target.monitor);
      else await pause(LOOK_EVERY_MS, closing.signal);
    }
  }

  async function keepTo(monitor: string): Promise<void> {
    const moving = new AbortController();
    const ending = AbortSignal.any([closing.signal, moving.signal]);
    const leaving = untilAnother(monitor, ending).then(() =>
      moving.abort(new Error("there is another monitor")),
    );
    await Promise.all([keepConnected(monitor, ending), leaving]);
  }

  async function untilAnother(monitor: string, signal: AbortSignal): Promise<void> {
    do await pause(LOOK_EVERY_MS, signal);
    while (!signal.aborted && (await readTarget())?.monitor === monitor);
  }

  async function keepConnected(monitor: string, signal: AbortSignal): Promise<void> {
    let failures = 0;
    let loggedProblem: string | null = null;
    while (!signal.aborted) {
      let closeCode: number | null = null;
      let retryAfterMs: number | null = null;
      const target = await readTarget();
      if (target?.monitor !== monitor) return;
      try {
        const { socket, pin } = await openWebSocket(target, caller, signal);
        log.info({ monitor }, "connected to the monitor");
        loggedProblem = null;
        const startedAt = performance.now();
        closeCode = await answering.serve(socket, { monitor, pin }, signal);
        failures = performance.now() - startedAt < STOOD_MS ? failures + 1 : 0;
        if (!signal.aborted) log.info({ closeCode }, "the connection to the monitor ended");
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        ({ retryAfterMs = null } = error as { retryAfterMs?: number | null });
        const problem = errorText(error);
        if (problem !== loggedProblem)
          log.warn({ problem }, "the monitor is not reached; trying again until it is");
        loggedProblem = problem;
      }
      await pause(nextDelayMs({ failures, closeCode, retryAfterMs }, random), signal);
    }
  }

  return {
    async close() {
      closing.abort(new Error("the agent ends"));
      await running;
    },
  };
}

async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  await delay(forMs, undefined, { signal }).catch(() => undefined);
}
