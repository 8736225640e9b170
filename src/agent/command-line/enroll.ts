import { setTimeout as delay } from "node:timers/promises";
import type { EnrolmentRefusal } from "../../protocol/enrolment.ts";
import { parseEnrolmentCode } from "../../protocol/enrolment-code.ts";
import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import { DialOutError } from "../dial-out/dial-out-error.ts";
import type { DialOutTarget } from "../dial-out/open-socket.ts";
import {
  type Asking,
  askToBeLetIn,
  type EnrolmentAnswer,
  type EnrolmentRefused,
  isForAWhile,
  mayPass,
  prepareAsking,
} from "../enrolment/ask-to-be-let-in.ts";
import { dropWaitingCode, readStanding, saveEnrolment, saveWaitingCode } from "../enrolment/enrolment.ts";
import { DamagedIdentityError, type Identity, identityFile, loadIdentity } from "../machine/identity.ts";
import { isUnderHost } from "../machine/service-host.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { dialOutTexts } from "../texts/dial-out-texts.ts";
import { enrolmentTexts } from "../texts/enrolment-texts.ts";

/** Refusals of the code alone: an agent that was let in before stays enrolled. */
const CODE_ENDED: readonly EnrolmentRefusal[] = ["unknown_code", "ended_code", "used_code"];

type Print = (line: string) => void;

interface EnrolmentCommand {
  configFile: string;
  /** The code, a secret. */
  pasted: string;
  /** Whether to wait for a final answer; otherwise the running agent keeps asking. */
  waits: boolean;
}

/** With a text in Russian. */
class NotLetInError extends Error {}

/** Prints in Russian. May be repeated: to the monitor it is the same request. @returns whether it was let in or keeps asking. */
export async function enroll(
  config: AgentConfig,
  { configFile, pasted, waits }: EnrolmentCommand,
  print: Print,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const code = parseEnrolmentCode(pasted);
    if (!code) throw new NotLetInError(enrolmentTexts.noCode);
    const asking = await prepareAsking(config, await loadOwnIdentity(config.stateDirectory), code);
    if (waits) await waitToBeLetIn(config, asking, print, signal);
    else await askOnce(config, asking, pasted, print, signal);
    const { monitor } = asking.target;
    const configured = config.dialOut?.monitor ?? monitor;
    if (configured !== monitor) print(enrolmentTexts.otherMonitor(configured, monitor));
    else if (waits)
      print(
        isUnderHost()
          ? enrolmentTexts.serviceConnects
          : enrolmentTexts.start(commandLineTexts.command(configFile)),
      );
    return true;
  } catch (error) {
    if (!(error instanceof NotLetInError)) throw error;
    print(error.message);
    return false;
  }
}

async function waitToBeLetIn(
  { stateDirectory }: AgentConfig,
  asking: Asking,
  print: Print,
  signal: AbortSignal,
): Promise<void> {
  const answer = await waitForAnswer(asking, print, signal);
  if (answer.outcome === "refused") throw new NotLetInError(refusalText(answer, stateDirectory));
  await keep(stateDirectory, asking, answer, print);
}

async function askOnce(
  { stateDirectory }: AgentConfig,
  asking: Asking,
  pasted: string,
  print: Print,
  signal: AbortSignal,
): Promise<void> {
  const { target, order, enrolment } = asking;
  const leave = async (text: string) => {
    await write(stateDirectory, () => saveWaitingCode(stateDirectory, pasted), enrolmentTexts.notLeft);
    print(text);
  };
  const answer = await askToBeLetIn(target, order, signal).catch((error: unknown) => {
    if (signal.aborted) throw new NotLetInError(enrolmentTexts.interrupted);
    if (error instanceof DialOutError) return error;
    throw error;
  });
  if (answer instanceof DialOutError) {
    if (!mayPass(answer)) throw new NotLetInError(failureText(target, answer));
    return await leave(`${failureText(target, answer)} ${enrolmentTexts.agentTries}`);
  }
  if (answer.outcome === "enrolled") return await keep(stateDirectory, asking, answer, print);
  if (answer.outcome === "awaited") return await leave(enrolmentTexts.awaitedByAgent(order.host));
  if (isForAWhile(answer)) return await leave(enrolmentTexts.tooManyForAgent);
  const { enrolment: known } = await readStanding(stateDirectory, enrolment.posServerId);
  const stays = known?.monitor === target.monitor && CODE_ENDED.includes(answer.refusal);
  if (!stays) throw new NotLetInError(refusalText(answer, stateDirectory));
  print(enrolmentTexts.stays(target.monitor));
}

async function keep(
  stateDirectory: string,
  { enrolment }: Asking,
  { enrolled: { organization, posServer } }: EnrolmentAnswer & { outcome: "enrolled" },
  print: Print,
): Promise<void> {
  await write(
    stateDirectory,
    async () => {
      await saveEnrolment(stateDirectory, enrolment);
      await dropWaitingCode(stateDirectory);
    },
    enrolmentTexts.notKept,
  );
  print(enrolmentTexts.done(organization.name, posServer.name));
}

async function write(
  stateDirectory: string,
  writing: () => Promise<void>,
  text: (directory: string, reason: string) => string,
): Promise<void> {
  await writing().catch((error: unknown) => {
    throw new NotLetInError(text(stateDirectory, errorText(error)));
  });
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

type FinalAnswer = Exclude<EnrolmentAnswer, { outcome: "awaited" }>;

/** Asks until there is a final answer; while an administrator is awaited, failures of the network do not end it. */
async function waitForAnswer(
  { target, order }: Asking,
  print: Print,
  signal: AbortSignal,
): Promise<FinalAnswer> {
  /** The pause that the monitor asks for; null until an administrator is awaited. */
  let everyMs: number | null = null;
  let printed: string | null = null;
  while (!signal.aborted) {
    let notBeforeMs: number | null = null;
    try {
      const answer = await askToBeLetIn(target, order, signal);
      notBeforeMs = answer.outcome === "enrolled" ? null : answer.retryAfterMs;
      if (answer.outcome === "awaited") {
        if (everyMs === null) print(enrolmentTexts.awaited(order.host));
        everyMs = answer.retryAfterMs;
        printed = null;
      } else if (everyMs === null || !isForAWhile(answer)) return answer;
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof DialOutError)) throw error;
      const text = failureText(target, error);
      if (everyMs === null) throw new NotLetInError(text);
      if (text !== printed) print(`${text} ${enrolmentTexts.stillTrying}`);
      printed = text;
      notBeforeMs = error.retryAfterMs;
    }
    await delay(Math.max(everyMs, notBeforeMs ?? 0), undefined, { signal }).catch(() => undefined);
  }
  throw new NotLetInError(everyMs === null ? enrolmentTexts.interrupted : enrolmentTexts.interruptedAwaiting);
}

function failureText({ monitor }: DialOutTarget, { failure, detail }: DialOutError): string {
  return dialOutTexts.notReached(monitor, dialOutTexts.failure[failure](detail));
}

function refusalText({ refusal, detail, retryAfterMs }: EnrolmentRefused, stateDirectory: string): string {
  const minutes = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 60_000);
  return enrolmentTexts.refusal[refusal]({ minutes, detail, identityFile: identityFile(stateDirectory) });
}
