import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import { choosePort } from "../enrolment/choose-target.ts";
import { readStanding } from "../enrolment/standing.ts";
import { letThroughFirewall } from "../machine/firewall.ts";
import { peekIdentity } from "../machine/identity.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";

/**
 * Opens the firewall of Windows for the port of an agent that listens; one that dials out needs none. Says in Russian what it did.
 * @returns whether the firewall is as it should be.
 */
export async function openFirewall(config: AgentConfig, print: (line: string) => void): Promise<boolean> {
  const port = await findPort(config).catch((error: unknown) => {
    print(commandLineTexts.portUnknown(errorText(error)));
    return "unknown" as const;
  });
  if (port === null) return true;
  if (port === "unknown") return false;
  const problem = await letThroughFirewall(port);
  print(
    problem === null ? commandLineTexts.firewallOpened(port) : commandLineTexts.firewallFailed(port, problem),
  );
  return problem === null;
}

async function findPort(config: AgentConfig): Promise<number | null> {
  const identity = await peekIdentity(config.stateDirectory);
  return choosePort(config, await readStanding(config.stateDirectory, identity?.posServerId ?? null));
}
