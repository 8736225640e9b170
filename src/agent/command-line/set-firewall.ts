import type { AgentConfig } from "../config/config.ts";
import { choosePort } from "../enrolment/choose-target.ts";
import { readStanding } from "../enrolment/standing.ts";
import { letThroughFirewall } from "../machine/firewall.ts";
import { peekIdentity } from "../machine/identity.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";

/**
 * Opens the firewall of Windows for the port of an agent that listens, or closes it; an agent that dials out needs none.
 * Says in Russian what it did.
 * @returns whether the firewall is as it should be.
 */
export async function setFirewall(
  config: AgentConfig,
  isLetThrough: boolean,
  print: (line: string) => void,
): Promise<boolean> {
  const { stateDirectory } = config;
  const identity = await peekIdentity(stateDirectory);
  const listensAt = choosePort(config, await readStanding(stateDirectory, identity?.posServerId ?? null));
  const port = isLetThrough ? listensAt : null;
  const problem = await letThroughFirewall(port);
  if (problem !== null) print(commandLineTexts.firewallFailed(port, problem));
  else if (port !== null) print(commandLineTexts.firewallOpened(port));
  return problem === null;
}
