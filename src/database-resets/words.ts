import { FAILURE_CODES } from "../pos-client/failure.ts";
import { COMMAND_ERRORS } from "../protocol/commands.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { RESET_FAILURES, type ResetFailure } from "./failure.ts";

const OWN_CODES: readonly string[] = [...RESET_FAILURES, ...COMMAND_ERRORS];
const CALL_CODES: readonly string[] = FAILURE_CODES;
/** Details of these are no technical text: they are codes themselves, or say what the words say already. */
const WORDS_SUFFICE = ["cancelled", "parked", "no_decision"];

/** What went wrong, with the technical detail. A code that a POS server has and nobody here knows is shown as it is. */
export function failureInWords({ t }: Pick<Viewer, "t">, { code, detail }: ResetFailure): string {
  const words = wordsOf(t, code);
  return detail && !WORDS_SUFFICE.includes(code) ? t("posServers.failureDetail", { words, detail }) : words;
}

/** What a person can do about it. */
export function adviceFor({ t }: Pick<Viewer, "t">, code: string): string {
  if (OWN_CODES.includes(code)) return t(`databaseReset.advice.${code}`);
  return t(
    CALL_CODES.includes(code) ? "databaseReset.advice.unreached" : "databaseReset.advice.command_failed",
  );
}

function wordsOf(t: Viewer["t"], code: string): string {
  if (CALL_CODES.includes(code)) return t(`failure.${code}`);
  if (OWN_CODES.includes(code)) return t(`databaseReset.failure.${code}`);
  return t("posServers.failureDetail", { words: t("databaseReset.failure.command_failed"), detail: code });
}
