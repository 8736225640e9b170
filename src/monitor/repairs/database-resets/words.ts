import { COMMAND_ERRORS } from "../../../protocol/commands.ts";
import { LOG_FAILURE_CODES } from "../../log-archives/outcome/failure.ts";
import { failureInWords as logFailureInWords } from "../../log-archives/outcome/failure-in-words.ts";
import { FAILURE_CODES } from "../../pos-client/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { CommandFailure } from "../commands/command-failure.ts";
import { RESET_FAILURES } from "./failure.ts";

const OWN_CODES: readonly string[] = [...RESET_FAILURES, ...COMMAND_ERRORS];
const LOG_CODES: readonly string[] = LOG_FAILURE_CODES;
const CALL_CODES: readonly string[] = FAILURE_CODES;
/** What can be wrong with the CrmId that was typed. */
export const ABOUT_CRM_ID: readonly string[] = ["crm_id_empty", "crm_id_differs"];
/** Details of these are no technical text: they are codes themselves, or say what the words say already. */
const WORDS_SUFFICE = ["cancelled", "parked", "no_decision"];

/** What went wrong, with the technical detail. A code that a POS server has and nobody here knows is shown as it is. */
export function failureInWords({ t }: Pick<Viewer, "t">, { code, detail }: CommandFailure): string {
  if (code === "logs_failed") return logsFailureInWords({ t }, detail);
  const words = wordsOf(t, code);
  return detail && !WORDS_SUFFICE.includes(code) ? t("posServers.failureDetail", { words, detail }) : words;
}

/** Why there are no logs stands in the detail as the request for them had it: `code: detail`. */
function logsFailureInWords({ t }: Pick<Viewer, "t">, cause: string): string {
  const words = t("databaseReset.failure.logs_failed");
  const [, code = "", detail = ""] = /^([a-z_]+)(?:: (.*))?$/s.exec(cause) ?? [];
  if (!LOG_CODES.includes(code)) return words;
  return t("posServers.failureDetail", { words, detail: logFailureInWords({ t }, code, detail) });
}

/** What a person can do about it. */
export function adviceFor({ t }: Pick<Viewer, "t">, code: string): string {
  if (OWN_CODES.includes(code)) return t(`databaseReset.advice.${code}`);
  return t(
    CALL_CODES.includes(code) ? "databaseReset.advice.unreached" : "databaseReset.advice.command_failed",
  );
}

/** Why a reset was not begun. */
export function refusalInWords({ t }: Pick<Viewer, "t">, { code, detail }: CommandFailure): string {
  if (ABOUT_CRM_ID.includes(code)) return t(`databaseReset.problem.${code}`);
  if (code === "open") return t("databaseReset.failure.open");
  return failureInWords({ t }, { code, detail });
}

function wordsOf(t: Viewer["t"], code: string): string {
  if (CALL_CODES.includes(code)) return t(`failure.${code}`);
  if (OWN_CODES.includes(code)) return t(`databaseReset.failure.${code}`);
  return t("posServers.failureDetail", { words: t("databaseReset.failure.command_failed"), detail: code });
}
