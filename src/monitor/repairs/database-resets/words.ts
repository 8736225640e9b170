import { logFailureInWords } from "../../log-archives/outcome/in-words.ts";
import { codeInWords, withDetail } from "../../viewer/in-words.ts";
import { hasText } from "../../viewer/language.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { CommandFailure } from "../commands/command-failure.ts";

export const ABOUT_CRM_ID: readonly string[] = ["crm_id_empty", "crm_id_differs"];
/** The details of these add nothing to their words. */
const WORDS_SUFFICE = ["cancelled", "parked", "no_decision", "logs_failed"];

/** An unknown code of a POS server is shown as it is. */
export function commandFailureInWords({ t }: Pick<Viewer, "t">, { code, detail }: CommandFailure): string {
  const words =
    codeInWords(t, code, "failure", "databaseReset.failure", "agentFailure") ??
    withDetail(t, t("databaseReset.failure.command_failed"), code);
  return withDetail(t, words, WORDS_SUFFICE.includes(code) ? null : detail);
}

export function logsFailureInWords({ t }: Pick<Viewer, "t">, logs: CommandFailure | null): string {
  const words = t("databaseReset.failure.logs_failed");
  return withDetail(t, words, logs && logFailureInWords({ t }, logs));
}

export function adviceFor({ t }: Pick<Viewer, "t">, code: string): string {
  const otherwise = hasText(`failure.${code}`) ? "unreached" : "command_failed";
  return codeInWords(t, code, "databaseReset.advice") ?? t(`databaseReset.advice.${otherwise}`);
}

export function refusalInWords({ t }: Pick<Viewer, "t">, { code, detail }: CommandFailure): string {
  if (ABOUT_CRM_ID.includes(code)) return t(`databaseReset.problem.${code}`);
  return commandFailureInWords({ t }, { code, detail });
}
