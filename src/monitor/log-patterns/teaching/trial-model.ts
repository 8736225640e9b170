import type { LogPatternTrial } from "../../../protocol/log-patterns.ts";
import type { Viewer } from "../../viewer/viewer.ts";

type Sign = "good" | "bad" | "plain";

/** One line of what a trial has found. */
interface Result {
  sign: Sign;
  text: string;
  /** The newest line. */
  line: string | null;
}

/** What patterns found in the log. @param clockShiftMs brings its times to the monitor's clock. */
export function trialModel(viewer: Viewer, trial: LogPatternTrial, clockShiftMs: number, now: number) {
  const { t, format } = viewer;
  const { succeeded, failed, attempted, contradictions, lines, isCut } = trial;

  const found = (key: string, sign: Sign, { count, last }: LogPatternTrial["failed"]): Result => ({
    sign,
    text: t(`logPatterns.trial.${key}`, { count, times: format.number(count), when: lastInWords(last) }),
    line: last?.text ?? null,
  });
  const lastInWords = (last: LogPatternTrial["failed"]["last"]): string => {
    if (!last?.at) return "";
    const at = Math.min(Date.parse(last.at) + clockShiftMs, now);
    return t("logPatterns.trial.when", { age: format.duration(now - at) });
  };
  const none = (key: string, sign: Sign): Result => ({
    sign,
    text: t(`logPatterns.trial.${key}`),
    line: null,
  });

  const results = [
    ...(contradictions.count > 0 ? [found("contradictions", "bad", contradictions)] : []),
    succeeded.count > 0 ? found("succeeded", "good", succeeded) : none("noSuccess", "bad"),
    failed.count > 0 ? found("failed", "plain", failed) : none("noFailure", "plain"),
    ...(attempted.count > 0 ? [found("attempted", "plain", attempted)] : []),
  ];
  const note = [
    t("logPatterns.lines", { count: lines, lines: format.number(lines) }),
    ...(isCut ? [t("logPatterns.cut")] : []),
    t("logPatterns.clocks"),
  ].join(" ");
  return { results, note };
}
