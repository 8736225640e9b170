import { visibleText } from "../../../protocol/visible-text.ts";
import { FAILURE_CODES } from "../../pos-client/calls/failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { withDetail } from "../../viewer/with-detail.ts";
import { LOG_FAILURE_CODES } from "./failure.ts";
import { LEFT_OUT_REASONS, type LeftOutFile } from "./stored-files.ts";

const NAMED_FILES = 10;
const CALL_CODES: readonly string[] = FAILURE_CODES;
const CODES: readonly string[] = LOG_FAILURE_CODES;

/** With the technical detail; an unknown code is shown as it is. */
export function logFailureInWords(
  { t }: Pick<Viewer, "t">,
  { code, detail }: { code: string; detail: string | null },
): string {
  const words = nameInWords(t, code) ?? code;
  if (code !== "archives_failed") return withDetail(t, words, detail);
  // Archives that failed for different reasons have their codes as the detail.
  const reasons = detail?.split(", ").map((own) => nameInWords(t, own) ?? own);
  return withDetail(t, words, reasons?.join("; "));
}

function nameInWords(t: Viewer["t"], code: string): string | null {
  if (CALL_CODES.includes(code)) return t(`failure.${code}`);
  return CODES.includes(code) ? t(`logFailure.${code}`) : null;
}

/** What is not in the archives and why. @param files the number of all files, of which only the first are `named`. */
export function leftOutInWords(
  { t, format }: Viewer,
  { named, files, maxBytes }: { named: readonly LeftOutFile[]; files: number; maxBytes: number },
) {
  const unnamed = files - named.length;
  const last = named.at(-1)?.reason;
  return LEFT_OUT_REASONS.flatMap((reason) => {
    const left = named.filter((file) => file.reason === reason);
    if (left.length === 0) return [];
    const count = Math.max(left.length - NAMED_FILES, 0) + (reason === last ? unnamed : 0);
    return {
      reason: t(`leftOut.${reason}`, { size: format.bytes(maxBytes) }),
      files: left
        .slice(0, NAMED_FILES)
        .map(({ name, bytes }) => t("leftOut.file", { name: visibleText(name), size: format.bytes(bytes) })),
      others: count > 0 ? t("leftOut.others", { count }) : null,
    };
  });
}
