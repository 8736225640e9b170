import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { EnrolmentOrder } from "../../protocol/enrolment.ts";
import { parseEnrolmentCode } from "../../protocol/enrolment-code.ts";
import type { AgentConfig } from "../config/config.ts";
import type { ValueSource } from "../config/value-source.ts";
import { DialOutError } from "../dial-out/dial-out-error.ts";
import type { DialOutTarget } from "../dial-out/dial-out-target.ts";
import { askToBeLetIn, type EnrolmentAnswer, type EnrolmentRefused } from "../enrolment/ask-to-be-let-in.ts";
import { saveEnrolment } from "../enrolment/enrolment.ts";
import { loadIdentity } from "../machine/identity.ts";
import { readConfiguredValue } from "../status/configured-value.ts";
import { dialOutTexts } from "../texts/dial-out-texts.ts";
import { enrolmentTexts } from "../texts/enrolment-texts.ts";

type Print = (line: string) => void;
type FinalAnswer = Exclude<EnrolmentAnswer, { outcome: "awaited" }>;

/**
 * Has the monitor of a code let this agent in, and keeps which one that is. Prints what becomes of it, in Russian. It may be
 * ended at any moment and run again: to the monitor that is the same request.
 * @param signal ends the waiting for an administrator.
 * @returns whether the agent was let in.
 */
export async function enroll(
  config: AgentConfig,
  pasted: string,
  print: Print,
  signal: AbortSignal,
): Promise<boolean> {
  const code = parseEnrolmentCode(pasted);
  if (!code) {
    print(enrolmentTexts.noCode);
    return false;
  }
  const { monitor, pins, secret } = code;
  const target = {
    monitor,
    pins,
    trustsAuthorities: pins.length === 0,
    proxy: config.dialOut?.proxy ?? null,
  };
  const order = await makeOrder(config, secret);
  const answer = await waitForAnswer(target, order, print, signal);
  if (answer?.outcome !== "enrolled") {
    if (answer) print(refusalText(answer));
    return false;
  }
  const { posServerId } = order;
  const { trustsAuthorities } = target;
  try {
    await saveEnrolment(config.stateDirectory, { posServerId, monitor, pins, trustsAuthorities });
  } catch (error) {
    print(enrolmentTexts.notKept(config.stateDirectory, (error as Error).message));
    return false;
  }
  const { organization, posServer } = answer.enrolled;
  print(enrolmentTexts.done(organization.name, posServer.name));
  const configured = config.dialOut?.monitor ?? monitor;
  if (configured !== monitor) print(enrolmentTexts.otherMonitor(configured, monitor));
  print(enrolmentTexts.start);
  return true;
}

async function makeOrder(config: AgentConfig, code: string): Promise<EnrolmentOrder> {
  const { posServerId, token, fingerprint } = await loadIdentity(config.stateDirectory);
  const [crmId, version] = await Promise.all([readIfKnown(config.crmId), readIfKnown(config.version)]);
  return { code, posServerId, token, fingerprint, host: hostname(), crmId, version };
}

/** Why something is unknown, `--check` tells. */
async function readIfKnown(source: ValueSource | null): Promise<string | null> {
  return source && (await readConfiguredValue(source).catch(() => null));
}

/** Asks until there is an answer for good, however the network is meanwhile; null = it was told why there is none. */
async function waitForAnswer(
  target: DialOutTarget,
  order: EnrolmentOrder,
  print: Print,
  signal: AbortSignal,
): Promise<FinalAnswer | null> {
  /** As the monitor asks once an administrator is awaited. */
  let everyMs: number | null = null;
  let told: string | null = null;
  while (!signal.aborted) {
    let notBeforeMs: number | null = null;
    try {
      const answer = await askToBeLetIn(target, order, signal);
      notBeforeMs = answer.outcome === "enrolled" ? null : answer.retryAfterMs;
      if (answer.outcome === "awaited") {
        if (everyMs === null) print(enrolmentTexts.awaited(order.host));
        everyMs = answer.retryAfterMs;
        told = null;
      } else if (everyMs === null || !isForAWhile(answer)) return answer;
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof DialOutError)) throw error;
      const text = failureText(target, error);
      if (everyMs === null) {
        print(text);
        return null;
      }
      if (text !== told) print(`${text} ${enrolmentTexts.stillTrying}`);
      told = text;
      notBeforeMs = error.retryAfterMs;
    }
    await delay(Math.max(everyMs, notBeforeMs ?? 0), undefined, { signal }).catch(() => undefined);
  }
  print(enrolmentTexts.interrupted);
  return null;
}

/** Others behind the same address have typed wrong codes. */
function isForAWhile(answer: FinalAnswer): boolean {
  return answer.outcome === "refused" && answer.refusal === "too_many";
}

function failureText({ monitor }: DialOutTarget, { failure, detail }: DialOutError): string {
  return `${dialOutTexts.notReached(monitor, dialOutTexts.failure[failure](detail))}.`;
}

function refusalText({ refusal, detail, retryAfterMs }: EnrolmentRefused): string {
  const minutes = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 60_000);
  return enrolmentTexts.refusal[refusal]({ minutes, detail });
}
