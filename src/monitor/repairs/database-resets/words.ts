import { COMMAND_ERRORS } from "../../../protocol/commands.ts";
import { logFailureInWords } from "../../log-archives/outcome/in-words.ts";
import { FAILURE_CODES } from "../../pos-client/calls/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { withDetail } from "../../viewer/with-detail.ts";
import type { CommandFailure } from "../commands/command-failure.ts";

/** How a reset can fail, besides FAILURE_CODES (calls) and COMMAND_ERRORS (the POS server itself). */
export const RESET_FAILURES = [
  "parked",
  "unsupported",
  "no_address",
  "unprotected",
  "refused",
  "not_offered",
  "busy",
  "outcome_unknown",
  "command_failed",
  "logs_failed",
  "logs_incomplete",
  "logs_late",
  "no_decision",
  "cancelled",
  "not_started",
  "no_exchange",
  "restored_copy",
  "restored",
  "right_lost",
  "agent_absent",
  "expired",
  "other_agent",
  "start_cancelled",
] as const;

const OWN_CODES: readonly string[] = [...RESET_FAILURES, ...COMMAND_ERRORS];
const CALL_CODES: readonly string[] = FAILURE_CODES;
export const ABOUT_CRM_ID: readonly string[] = ["crm_id_empty", "crm_id_differs"];
/** The details of these add nothing to their words. */
const WORDS_SUFFICE = ["cancelled", "parked", "no_decision", "logs_failed"];

/** An unknown code of a POS server is shown as it is. */
export function commandFailureInWords({ t }: Pick<Viewer, "t">, { code, detail }: CommandFailure): string {
  return withDetail(t, wordsOf(t, code), WORDS_SUFFICE.includes(code) ? null : detail);
}

export function logsFailureInWords({ t }: Pick<Viewer, "t">, logs: CommandFailure | null): string {
  const words = t("databaseReset.failure.logs_failed");
  return withDetail(t, words, logs && logFailureInWords({ t }, logs));
}

export function adviceFor({ t }: Pick<Viewer, "t">, code: string): string {
  if (OWN_CODES.includes(code)) return t(`databaseReset.advice.${code}`);
  return t(
    CALL_CODES.includes(code) ? "databaseReset.advice.unreached" : "databaseReset.advice.command_failed",
  );
}

export function refusalInWords({ t }: Pick<Viewer, "t">, { code, detail }: CommandFailure): string {
  if (ABOUT_CRM_ID.includes(code)) return t(`databaseReset.problem.${code}`);
  if (code === "open") return t("databaseReset.failure.open");
  return commandFailureInWords({ t }, { code, detail });
}

function wordsOf(t: Viewer["t"], code: string): string {
  if (CALL_CODES.includes(code)) return t(`failure.${code}`);
  if (OWN_CODES.includes(code)) return t(`databaseReset.failure.${code}`);
  return withDetail(t, t("databaseReset.failure.command_failed"), code);
}
