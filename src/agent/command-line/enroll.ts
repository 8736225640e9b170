import { type EnrolmentRefusal, parseEnrolmentCode } from "../../protocol/enrolment.ts";
import type { AgentConfig } from "../config/config.ts";
import { DialOutError } from "../dial-out/dial-out-error.ts";
import {
  type Asking,
  askToBeLetIn,
  type EnrolmentAnswer,
  isForAWhile,
  mayPass,
  prepareAsking,
} from "../enrolment/ask-to-be-let-in.ts";
import { dropWaitingCode, readStanding, saveEnrolment, saveWaitingCode } from "../enrolment/enrolment.ts";
import { DamagedIdentityError, type Identity, identityFile, loadIdentity } from "../machine/identity.ts";
import { isUnderHost } from "../machine/service-host.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { dialOutTexts, enrolmentTexts } from "../texts/connection-texts.ts";
import { reasonInWords } from "../texts/reason-texts.ts";

/** Refusals of the code alone: an agent that was let in before stays enrolled. */
const CODE_ENDED: readonly EnrolmentRefusal[] = ["unknown_code", "ended_code", "used_code"];

type Print = (line: string) => void;

/** With a text in Russian. */
class NotLetInError extends Error {}

/**
 * Asks the monitor once; what has no final answer yet is left to the running agent. Prints in Russian. May be repeated: to
 * the monitor it is the same request. @returns whether it was let in, or the agent keeps asking.
 * @param pasted the code, a secret.
 */
export async function enroll(
  config: AgentConfig,
  { configFile, pasted }: { configFile: string; pasted: string },
  print: Print,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const code = parseEnrolmentCode(pasted);
    if (!code) throw new NotLetInError(enrolmentTexts.noCode);
    const asking = await prepareAsking(config, await loadOwnIdentity(config.stateDirectory), code);
    await ask(config, asking, pasted, print, signal);
    const { monitor } = asking.target;
    const configured = config.dialOut?.monitor ?? monitor;
    if (configured !== monitor) print(enrolmentTexts.otherMonitor(configured, monitor));
    else if (!isUnderHost()) print(enrolmentTexts.start(commandLineTexts.command(configFile)));
    return true;
  } catch (error) {
    if (!(error instanceof NotLetInError)) throw error;
    print(error.message);
    return false;
  }
}

async function ask(
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
    const text = dialOutTexts.notReached(target.monitor, dialOutTexts.failure[answer.failure](answer.detail));
    if (!mayPass(answer)) throw new NotLetInError(text);
    return await leave(`${text} ${enrolmentTexts.agentTries}`);
  }
  if (answer.outcome === "enrolled") return await keep(stateDirectory, asking, answer, print);
  if (answer.outcome === "awaited") return await leave(enrolmentTexts.awaited(order.host));
  const { refusal, detail } = answer;
  const text = enrolmentTexts.refusal[refusal]({ detail, identityFile: identityFile(stateDirectory) });
  if (isForAWhile(answer)) return await leave(`${text} ${enrolmentTexts.agentTries}`);
  const { enrolment: known } = await readStanding(stateDirectory, enrolment.posServerId);
  const stays = known?.monitor === target.monitor && CODE_ENDED.includes(refusal);
  if (!stays) throw new NotLetInError(text);
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
  if (isUnderHost()) print(enrolmentTexts.serviceConnects);
}

async function write(
  stateDirectory: string,
  writing: () => Promise<void>,
  text: (directory: string, reason: string) => string,
): Promise<void> {
  await writing().catch((error: unknown) => {
    throw new NotLetInError(text(stateDirectory, reasonInWords(error)));
  });
}

async function loadOwnIdentity(stateDirectory: string): Promise<Identity> {
  return await loadIdentity(stateDirectory).catch((error: unknown) => {
    const file = identityFile(stateDirectory);
    throw new NotLetInError(
      error instanceof DamagedIdentityError
        ? enrolmentTexts.damagedIdentity(file)
        : enrolmentTexts.noIdentity(file, reasonInWords(error)),
    );
  });
}
