import type { FlashKind } from "../../plugins/flash.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { type TeachingFailure, teachingFailureInWords } from "../sending/teaching-failure.ts";

/** How it went when patterns were taught from the log of a POS server. */
export interface Taught {
  /** Why its agent did not take them; null = it did. */
  failure: TeachingFailure | null;
  /** Whether it has reported what it reads by them. */
  isReported: boolean;
  /** Exchanges that they find in the last day, the last one at (ms UTC). */
  count: number;
  lastAt: number | null;
}

/** What the page of that POS server tells once. */
export const TAUGHT: FlashKind<Taught> = { name: "taught" };

/** Likewise, as `pos-servers/_answer` shows it. */
export function taughtInWords(viewer: Viewer, { failure, isReported, count, lastAt }: Taught, now: number) {
  const { t, format } = viewer;
  if (failure) {
    return { isOk: true, text: t("logPatterns.savedOnly"), detail: teachingFailureInWords(viewer, failure) };
  }
  const when =
    lastAt === null ? "" : t("logPatterns.trial.when", { age: format.duration(Math.max(now - lastAt, 0)) });
  const found =
    count > 0
      ? t("logPatterns.trial.succeeded", { count, times: format.number(count), when })
      : t("logPatterns.trial.noSuccess");
  return {
    isOk: true,
    text: `${t("logPatterns.sent")} ${found}`,
    detail: isReported ? "" : t("logPatterns.awaited"),
  };
}
