import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { EnrolmentOrder } from "../../protocol/enrolment.ts";
import { parseEnrolmentCode } from "../../protocol/enrolment-code.ts";
import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import type { ValueSource } from "../config/value-source.ts";
import { DialOutError } from "../dial-out/dial-out-error.ts";
import type { DialOutTarget } from "../dial-out/dial-out-target.ts";
import { askToBeLetIn, type EnrolmentAnswer, type EnrolmentRefused } from "../enrolment/ask-to-be-let-in.ts";
import { type Enrolment, saveEnrolment } from "../enrolment/enrolment.ts";
import { DamagedIdentityError, type Identity, identityFile, loadIdentity } from "../machine/identity.ts";
import { readConfiguredValue } from "../status/configured-value.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { dialOutTexts } from "../texts/dial-out-texts.ts";
import { enrolmentTexts } from "../texts/enrolment-texts.ts";

type Print = (line: string) => void;

export interface EnrolmentCommand {
  configFile: string;
  /** The code, which is a secret. */
  pasted: string;
}

/** Why the agent is not let in, in Russian. */
class NotLetInError extends Error {}

/**
 * Has the monitor of a code let this agent in, and keeps which one that is. Prints what becomes of it, in Russian. It may be
 * ended at any moment and run again: to the monitor that is the same request.
 * @param signal ends the waiting for an administrator.
 * @returns whether the agent was let in.
 */
export async function enroll(
  config: AgentConfig,
  { configFile, pasted }: EnrolmentCommand,
  print: Print,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { monitor } = await beLetIn(config, pasted, print, signal);
    const configured = config.dialOut?.monitor ?? monitor;
    const next =
      configured === monitor
        ? enrolmentTexts.start(commandLineTexts.command(configFile))
        : enrolmentTexts.otherMonitor(configured, monitor);
    print(next);
    return true;
  } catch (error) {
    if (!(error instanceof NotLetInError)) throw error;
    print(error.message);
    return false;
  }
}

/** @returns the monitor that has let it in. */
async function beLetIn(
  config: AgentConfig,
  pasted: string,
  print: Print,
  signal: AbortSignal,
): Promise<Enrolment> {
  const { stateDirectory, dialOut } = config;
  const code = parseEnrolmentCode(pasted);
  if (!code) throw new NotLetInError(enrolmentTexts.noCode);
  const { monitor, pins, secret } = code;
  const { posServerId, token, fingerprint } = await loadOwnIdentity(stateDirectory);
  const order = {
    code: secret,
    posServerId,
    token,
    fingerprint,
    host: hostname(),
    ...(await readFacts(config)),
  };
  const trusted = { monitor, pins, trustsAuthorities: pins.length === 0 };

  const answer = await waitForAnswer({ ...trusted, proxy: dialOut?.proxy ?? null }, order, print, signal);
  if (answer.outcome === "refused") throw new NotLetInError(refusalText(answer, stateDirectory));
  const enrolment = { posServerId, ...trusted };
  await saveEnrolment(stateDirectory, enrolment).catch((error: unknown) => {
    throw new NotLetInError(enrolmentTexts.notKept(stateDirectory, errorText(error)));
  });
  const { organization, posServer } = answer.enrolled;
  print(enrolmentTexts.done(organization.name, posServer.name));
  return enrolment;
}

async function loadOwnIdentity(stateDirectory: string): Promise<Identity> {
  return await loadIdentity(stateDirectory).catch((error: unknown) => {
    const file = identityFile(stateDirectory);
    throw new NotLetInError(
      error instanceof DamagedIdentityError
        ? enrolmentTexts.damagedIdentity(file)
        : enrolmentTexts.noIdentity(file, errorText(error)),
    );
  });
}

async function readFacts(config: AgentConfig): Promise<Pick<EnrolmentOrder, "crmId" | "version">> {
  const [crmId, version] = await Promise.all([readIfKnown(config.crmId), readIfKnown(config.version)]);
  return { crmId, version };
}

/** Why something is unknown, `--check` tells. */
async function readIfKnown(source: ValueSource | null): Promise<string | null> {
  return source && (await readConfiguredValue(source).catch(() => null));
}

type FinalAnswer = Exclude<EnrolmentAnswer, { outcome: "awaited" }>;

/** Asks until there is an answer for good, however the network is while an administrator is awaited. */
async function waitForAnswer(
  target: DialOutTarget,
  order: EnrolmentOrder,
  print: Print,
  signal: AbortSignal,
): Promise<FinalAnswer> {
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
      if (everyMs === null) throw new NotLetInError(text);
      if (text !== told) print(`${text} ${enrolmentTexts.stillTrying}`);
      told = text;
      notBeforeMs = error.retryAfterMs;
    }
    await delay(Math.max(everyMs, notBeforeMs ?? 0), undefined, { signal }).catch(() => undefined);
  }
  throw new NotLetInError(everyMs === null ? enrolmentTexts.interrupted : enrolmentTexts.interruptedAwaiting);
}

/** Others behind the same address have typed wrong codes. */
function isForAWhile(answer: FinalAnswer): boolean {
  return answer.outcome === "refused" && answer.refusal === "too_many";
}

function failureText({ monitor }: DialOutTarget, { failure, detail }: DialOutError): string {
  return dialOutTexts.notReached(monitor, dialOutTexts.failure[failure](detail));
}

function refusalText({ refusal, detail, retryAfterMs }: EnrolmentRefused, stateDirectory: string): string {
  const minutes = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 60_000);
  return enrolmentTexts.refusal[refusal]({ minutes, detail, identityFile: identityFile(stateDirectory) });
}
