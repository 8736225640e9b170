import type { AgentConfig } from "../../config/config.ts";
import { DialOutError } from "../../dial-out/dial-out-error.ts";
import type { DialOutTarget } from "../../dial-out/dial-out-target.ts";
import { openSocket } from "../../dial-out/open-socket.ts";
import { withinTime } from "../../dial-out/within-time.ts";
import { choosePort, chooseTarget } from "../../enrolment/choose-target.ts";
import { readStanding } from "../../enrolment/standing.ts";
import { peekIdentity } from "../../machine/identity.ts";
import { checkTexts } from "../../texts/check-texts.ts";
import { dialOutTexts } from "../../texts/dial-out-texts.ts";
import { type Finding, fine, warning } from "./finding.ts";

const ANSWER_WITHIN_MS = 10_000;

/** Says how monitor and agent come together, and whether that works from here. @param listens is told the port, null = none. */
export async function checkWayToMonitor(
  config: AgentConfig,
  listens: (port: number | null) => void,
): Promise<Finding[]> {
  const identity = await peekIdentity(config.stateDirectory);
  const standing = await readStanding(config.stateDirectory, identity?.posServerId ?? null);
  const { enrolment, elsewhere, asks } = standing;
  const port = choosePort(config, standing);
  listens(port);

  const findings: Finding[] = [];
  if (enrolment) findings.push(fine(checkTexts.enrolledAt(enrolment.monitor)));
  else if (elsewhere) findings.push(warning(checkTexts.enrolledElsewhere(elsewhere.monitor)));
  if (asks)
    findings.push(
      warning("problem" in asks ? checkTexts.codeUnreadable(asks.problem) : checkTexts.asks(asks.monitor)),
    );
  const target = chooseTarget(config, enrolment);
  if (target) findings.push(...(await checkDialOut(target)));
  else if (port !== null) findings.push(fine(checkTexts.waitsForCalls(port)));
  else if (!elsewhere && asks === null) findings.push(warning(checkTexts.notEnrolled));
  return findings;
}

/** Looks whether the monitor is reached and is the right one, without telling it who this is: an agent may run meanwhile. */
export async function checkDialOut(target: DialOutTarget): Promise<Finding[]> {
  const { monitor } = target;
  try {
    const { socket } = await withinTime(ANSWER_WITHIN_MS, new AbortController().signal, (ending) =>
      openSocket(target, ending),
    );
    socket.destroy();
    return [fine(checkTexts.monitorReached(monitor))];
  } catch (error) {
    if (!(error instanceof DialOutError)) throw error;
    const reason = dialOutTexts.failure[error.failure](error.detail);
    return [warning(dialOutTexts.notReached(monitor, reason))];
  }
}
