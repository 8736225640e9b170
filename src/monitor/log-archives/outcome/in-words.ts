import { visibleText } from "../../../protocol/visible-text.ts";
import { codeInWords, withDetail } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { LEFT_OUT_REASONS, type LeftOutFile } from "./stored-files.ts";

const NAMED_FILES = 10;

/** With the technical detail; an unknown code is shown as it is. */
export function logFailureInWords(
  { t }: Pick<Viewer, "t">,
  { code, detail }: { code: string; detail: string | null },
): string {
  const named = (one: string) => codeInWords(t, one, "failure", "logFailure") ?? one;
  // Archives that failed for different reasons have their codes as the detail.
  const isOfMany = code === "archives_failed";
  return withDetail(t, named(code), isOfMany ? detail?.split(", ").map(named).join("; ") : detail);
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
