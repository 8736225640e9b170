import { errorText } from "../../protocol/error-text.ts";
import type { AgentConfig } from "../config/config.ts";
import { choosePort, readStanding } from "../enrolment/enrolment.ts";
import { peekIdentity } from "../machine/identity.ts";
import { describeFailure, runCommand, windowsProgram } from "../machine/run-command.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";

/** The native host takes it away by this name. */
const RULE = "Poswatch agent";
const WITHIN_MS = 30_000;

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

/**
 * Has the firewall of Windows let connections to a port of this program through.
 * @returns why it does not, null = it does.
 */
async function letThroughFirewall(port: number): Promise<string | null> {
  try {
    const result = await runCommand(firewallCommand(port, process.execPath), WITHIN_MS);
    return result.exitCode === 0 ? null : describeFailure("netsh.exe", result);
  } catch (error) {
    return errorText(error);
  }
}

/** The command line of a rule for one program and port. */
export function firewallCommand(port: number, program: string): string[] {
  const rule = ["dir=in", "action=allow", "protocol=TCP", `localport=${port}`, `program=${program}`];
  return [windowsProgram("netsh.exe"), "advfirewall", "firewall", "add", "rule", `name=${RULE}`, ...rule];
}
