import { visibleText } from "../../../protocol/visible-text.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { LEFT_OUT_REASONS, type LeftOutFile } from "./stored-files.ts";

const NAMED_FILES = 10;

/** The files that a plan or a request leaves out for one reason: some by name, and how many others. */
export interface LeftOutInWords {
  reason: string;
  files: string[];
  /** «и ещё 12 файлов», or null when all are named. */
  others: string | null;
}

/** What is left out, and how much that is altogether: of very many files only the first are known by name. */
export interface LeftOut {
  named: readonly LeftOutFile[];
  files: number;
  maxBytes: number;
}

/** Says what is not in the archives and why. */
export function leftOutInWords({ t, format }: Viewer, { named, files, maxBytes }: LeftOut): LeftOutInWords[] {
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
