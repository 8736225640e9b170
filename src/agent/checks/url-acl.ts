import { runCommand } from "../machine/run-command.ts";
import { windowsProgram } from "../machine/windows-program.ts";
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
      const { output } = await runCommand(
        [windowsProgram("netsh.exe"), "http", "show", "urlacl", `url=${url}`],
        TIMEOUT_MS,
      );
      return judge(url, output, () => answers(signal));
    },
  };
}

/** @param output of `netsh http show urlacl url=…`, in any language: it has the address when it is reserved. */
export async function judge(
  url: string,
  output: string,
  answers: () => Promise<boolean>,
): Promise<CheckResult> {
  if (output.toLowerCase().includes(url.toLowerCase())) return { outcome: "ok", value: url };
  return { outcome: (await answers()) ? "unknown" : "failed", value: url, detail: "missing" };
}
