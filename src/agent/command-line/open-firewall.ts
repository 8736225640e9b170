import type { AgentConfig } from "../config/config.ts";
import { choosePort, readStanding } from "../enrolment/enrolment.ts";
import { peekIdentity } from "../machine/identity.ts";
import { describeFailure, runCommand, windowsProgram } from "../machine/run-command.ts";
import { commandLineTexts } from "../texts/command-line-texts.ts";
import { reasonInWords } from "../texts/reason-texts.ts";

/** The native host removes it by this name. */
const RULE = "Poswatch agent";
const WITHIN_MS = 30_000;

/** Opens the Windows firewall if the agent listens, and prints the outcome in Russian. @returns false when that failed. */
export async function openFirewall(config: AgentConfig, print: (line: string) => void): Promise<boolean> {
  let port: number | null;
  try {
    const identity = await peekIdentity(config.stateDirectory);
    port = choosePort(config, await readStanding(config.stateDirectory, identity?.posServerId ?? null));
  } catch (error) {
    print(commandLineTexts.portUnknown(reasonInWords(error)));
    return false;
  }
  if (port === null) return true;
  const problem = await letThroughFirewall(port);
  print(
    problem === null ? commandLineTexts.firewallOpened(port) : commandLineTexts.firewallFailed(port, problem),
  );
  return problem === null;
}

/** @returns why it failed; null = it did not. */
async function letThroughFirewall(port: number): Promise<string | null> {
  try {
    const result = await runCommand(firewallCommand(port, process.execPath), WITHIN_MS);
    return result.exitCode === 0 ? null : describeFailure("netsh.exe", result);
  } catch (error) {
    return reasonInWords(error);
  }
}

export function firewallCommand(port: number, program: string): string[] {
  const rule = ["dir=in", "action=allow", "protocol=TCP", `localport=${port}`, `program=${program}`];
  return [windowsProgram("netsh.exe"), "advfirewall", "firewall", "add", "rule", `name=${RULE}`, ...rule];
}
