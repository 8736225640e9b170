import { type CommandResult, describeFailure, runCommand, windowsProgram } from "../machine/run-command.ts";
import { ADDRESS_NOT_SET, type Check, type CheckResult, NOT_TOLD } from "./check.ts";

const TIMEOUT_MS = 8_000;

/**
 * Whether the account of the POS server was given the right to listen at its address (`netsh http add urlacl`). An
 * administrator needs none, so that its absence is a fault only where nothing answers.
 */
export function urlAclCheck(url: string | null, answers: (signal: AbortSignal) => Promise<boolean>): Check {
  return {
    id: "url_acl",
    async run(signal) {
      if (process.platform !== "win32") return NOT_TOLD;
      if (url === null) return ADDRESS_NOT_SET;
      const listed = await runCommand([windowsProgram("netsh.exe"), "http", "show", "urlacl"], TIMEOUT_MS);
      return judge(url, listed, () => answers(signal));
    },
  };
}

/**
 * @param listed by `netsh http show urlacl`, in any language: an address that is reserved ends a line.
 * @throws with the reason when it could not be listed.
 */
export async function judge(
  url: string,
  listed: CommandResult,
  answers: () => Promise<boolean>,
): Promise<CheckResult> {
  if (listed.exitCode !== 0) throw new Error(describeFailure("netsh.exe", listed));
  const isReserved = listed.output
    .toLowerCase()
    .split(/\s*\r?\n/)
    .some((line) => line.endsWith(` ${url.toLowerCase()}`));
  if (isReserved) return { outcome: "ok", value: url };
  return { outcome: (await answers()) ? "unknown" : "failed", value: url, detail: "missing" };
}
