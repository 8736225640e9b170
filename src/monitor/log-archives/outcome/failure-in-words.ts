import { FAILURE_CODES } from "../../pos-client/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { LOG_FAILURE_CODES } from "./failure.ts";

const CALL_CODES: readonly string[] = FAILURE_CODES;
const CODES: readonly string[] = LOG_FAILURE_CODES;

/** Says why a request, an archive or a call failed: its name in words and the technical detail. */
export function failureInWords({ t }: Pick<Viewer, "t">, code: string, detail: string | null): string {
  const words = codeInWords(t, code) ?? code;
  if (!detail) return words;
  // Archives that failed for different reasons have their codes as the detail.
  const told =
    code === "archives_failed" ? detail.split(", ").map((own) => codeInWords(t, own) ?? own) : [detail];
  return t("posServers.failureDetail", { words, detail: told.join("; ") });
}

/** The name of a failure in words; null when it is none of logs. */
function codeInWords(t: Viewer["t"], code: string): string | null {
  if (CALL_CODES.includes(code)) return t(`failure.${code}`);
  return CODES.includes(code) ? t(`logFailure.${code}`) : null;
}
