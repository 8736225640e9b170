import { errorText } from "../../protocol/error-text.ts";
import { describeFailure, runCommand } from "./run-command.ts";
import { windowsProgram } from "./windows-program.ts";

/** The native host takes it away by this name. */
const RULE = "Poswatch agent";
const WITHIN_MS = 30_000;

/**
 * Has the firewall of Windows let connections to a port of this program through.
 * @returns why it does not, null = it does.
 */
export async function letThroughFirewall(port: number): Promise<string | null> {
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
