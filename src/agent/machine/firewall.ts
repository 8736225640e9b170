import { errorText } from "../../protocol/error-text.ts";
import { runCommand } from "./run-command.ts";
import { windowsProgram } from "./windows-program.ts";

const RULE = "Poswatch agent";
const WITHIN_MS = 30_000;

/**
 * Has the firewall of Windows let connections to a port of this program through, instead of to the one before.
 * @param port null = to none.
 * @returns why it does not, null = it does.
 */
export async function letThroughFirewall(port: number | null): Promise<string | null> {
  try {
    // It ends badly where there was no such rule.
    await runCommand(netsh("delete", `name=${RULE}`), WITHIN_MS);
    if (port === null) return null;
    const { exitCode, output } = await runCommand(
      netsh("add", ...ruleFor(port, process.execPath)),
      WITHIN_MS,
    );
    return exitCode === 0 ? null : output.trim() || `exit code ${exitCode}`;
  } catch (error) {
    return errorText(error);
  }
}

/** What `netsh` is told of a rule for one program and port. */
export function ruleFor(port: number, program: string): string[] {
  return [
    `name=${RULE}`,
    "dir=in",
    "action=allow",
    "protocol=TCP",
    `localport=${port}`,
    `program=${program}`,
  ];
}

function netsh(verb: "add" | "delete", ...words: string[]): string[] {
  return [windowsProgram("netsh.exe"), "advfirewall", "firewall", verb, "rule", ...words];
}
