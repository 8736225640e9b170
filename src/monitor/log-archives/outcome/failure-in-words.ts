import { FAILURE_CODES } from "../../pos-client/calls/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { withDetail } from "../../viewer/with-detail.ts";
import { LOG_FAILURE_CODES } from "./failure.ts";

const CALL_CODES: readonly string[] = FAILURE_CODES;
const CODES: readonly string[] = LOG_FAILURE_CODES;

/** A failure as a row has it, or as a call ended; the code may be one that nobody here knows. */
export interface ToldFailure {
  code: string;
  detail: string | null;
}

/** Says why a request, an archive or a call failed: its name in words and the technical detail. */
export function logFailureInWords({ t }: Pick<Viewer, "t">, { code, detail }: ToldFailure): string {
  const words = nameInWords(t, code) ?? code;
  if (code !== "archives_failed") return withDetail(t, words, detail);
  // Archives that failed for different reasons have their codes as the detail.
  const reasons = detail?.split(", ").map((own) => nameInWords(t, own) ?? own);
  return withDetail(t, words, reasons?.join("; "));
}

/** The name of a failure in words; null when it is none of logs. */
function nameInWords(t: Viewer["t"], code: string): string | null {
  if (CALL_CODES.includes(code)) return t(`failure.${code}`);
  return CODES.includes(code) ? t(`logFailure.${code}`) : null;
}
