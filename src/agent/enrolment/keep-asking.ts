import { setTimeout as delay } from "node:timers/promises";
import type { FastifyBaseLogger } from "fastify";
import type { EnrolmentCode } from "../../protocol/enrolment.ts";
import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import { nextDelayMs } from "../dial-out/back-off.ts";
import type { DialOutError } from "../dial-out/dial-out-error.ts";
import type { Identity } from "../machine/identity.ts";
import { createProblemLog } from "../machine/problem-log.ts";
import {
  type Asking,
  askToBeLetIn,
  type EnrolmentAnswer,
  isForAWhile,
  prepareAsking,
} from "./ask-to-be-let-in.ts";
import { dropWaitingCode, readWaitingCode, saveEnrolment } from "./enrolment.ts";

const LOOK_EVERY_MS = 5_000;
const SUBJECT = "enrolment code";

interface KeepAskingOptions {
  config: AgentConfig;
  identity: Identity;
  log: FastifyBaseLogger;
  /** From 0 to 1. */
  random: () => number;
}

/** Asks the monitor to let the agent in, with the code left by the command `enroll`, until there is a final answer. */
export function keepAsking({ config, identity, log, random }: KeepAskingOptions): { close(): Promise<void> } {
  const { stateDirectory } = config;
  const closing = new AbortController();
  const { signal } = closing;
  const problems = createProblemLog(log);
  /** The secret of the last code; null without one. */
  let asked: string | null = null;
  let failures = 0;
  let loggedProblem: string | null = null;
  const running = run();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const code = await readCode();
      begin(code?.secret ?? null);
      await pause(code ? await ask(code) : LOOK_EVERY_MS);
    }
  }

  async function readCode(): Promise<EnrolmentCode | null> {
    try {
      const code = await readWaitingCode(stateDirectory);
      problems.set(SUBJECT, null);
      return code;
    } catch (error) {
      problems.set(SUBJECT, errorText(error));
      return null;
    }
  }

  function begin(secret: string | null): void {
    if (secret === asked) return;
    asked = secret;
    failures = 0;
    loggedProblem = null;
  }

  /** Ends early when a command leaves another code. */
  async function pause(forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    for (let leftMs = forMs; leftMs > 0 && !signal.aborted; leftMs = until - performance.now()) {
      await delay(Math.min(leftMs, LOOK_EVERY_MS), undefined, { signal }).catch(() => undefined);
      if (((await readCode())?.secret ?? null) !== asked) return;
    }
  }

  /** @returns ms to wait before asking again. */
  async function ask(code: EnrolmentCode): Promise<number> {
    const asking = await prepareAsking(config, identity, code);
    try {
      const answer = await askToBeLetIn(asking.target, asking.order, signal);
      const pauseMs = await take(answer, asking);
      failures = 0;
      return pauseMs;
    } catch (error) {
      if (signal.aborted) return 0;
      failures += 1;
      logOnce(errorText(error), asking);
      const { retryAfterMs = null } = error as Partial<DialOutError>;
      return nextDelayMs({ failures, closeCode: null, retryAfterMs }, random);
    }
  }

  async function take(answer: EnrolmentAnswer, asking: Asking): Promise<number> {
    if (answer.outcome === "awaited") {
      logOnce("an administrator has to confirm it", asking);
      return answer.retryAfterMs;
    }
    if (answer.outcome === "refused" && isForAWhile(answer))
      return nextDelayMs({ failures: 1, closeCode: null, retryAfterMs: answer.retryAfterMs }, random);
    const code = await readWaitingCode(stateDirectory);
    if (code?.secret !== asking.order.code) return 0; // a command has left another one, or been let in, meanwhile
    const { monitor } = asking.target;
    if (answer.outcome === "enrolled") {
      await saveEnrolment(stateDirectory, asking.enrolment);
      log.info({ monitor, ...answer.enrolled }, "the monitor has let this agent in");
    } else {
      const { refusal, detail } = answer;
      log.warn(
        { monitor, refusal, detail },
        "the monitor does not let this agent in: enroll it with a new code",
      );
    }
    await dropWaitingCode(stateDirectory);
    return 0;
  }

  function logOnce(problem: string, { target }: Asking): void {
    if (problem !== loggedProblem)
      log.warn({ monitor: target.monitor, problem }, "not let in yet; asking until there is an answer");
    loggedProblem = problem;
  }

  return {
    async close() {
      closing.abort(new Error("the agent ends"));
      await running;
    },
  };
}
