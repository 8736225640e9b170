import type { FlashKind } from "../../plugins/flash.ts";
import { type AgentFailure, agentFailureInWords } from "../../requests/agent-failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";

export interface Taught {
  /** Why its agent did not take them; null = it did. */
  failure: AgentFailure | null;
  isReported: boolean;
  /** Exchanges found in the last day, and when the last one was (ms UTC). */
  count: number;
  lastAt: number | null;
}

export const TAUGHT: FlashKind<Taught> = { name: "taught" };

/** The outcome as `pos-servers/_answer` shows it. */
export function taughtInWords(viewer: Viewer, { failure, isReported, count, lastAt }: Taught, now: number) {
  const { t, format } = viewer;
  if (failure) {
    return { isOk: true, text: t("logPatterns.savedOnly"), detail: agentFailureInWords(viewer, failure) };
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
