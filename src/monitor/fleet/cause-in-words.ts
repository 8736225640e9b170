import type { FailureCode } from "../pos-client/calls/failure.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords, withDetail } from "../viewer/with-detail.ts";
import { type Cause, failureOfCause } from "./cause-catalogue.ts";
import { adviceOnExample, type CauseExample } from "./cause-example.ts";
import type { Advice } from "./causes.ts";
import type { RecommendedStep } from "./recommended-steps.ts";

/** Names a cause. @param service its name; null = any. */
export function titleOfCause({ t }: Pick<Viewer, "t">, cause: Cause, service: string | null = null): string {
  const code = failureOfCause(cause);
  if (code) return t(`failure.${code}`);
  return t(`cause.title.${cause}`, { service: service ?? t("databaseReset.anyService") });
}

/**
 * Says what an error is about as the page of its POS server does: its cause, or itself where nobody knows more.
 * @param brief the error without what only programmers need.
 */
export function errorInWords(viewer: Pick<Viewer, "t">, advice: Advice | null, brief: string): string {
  return advice !== null && advice.cause !== "exchange_failed" ? titleOfCause(viewer, advice.cause) : brief;
}

/** Names a failure of polls, and the machines that it is about. */
export function failureInWords({ t }: Pick<Viewer, "t">, code: FailureCode, detail: string | null): string {
  return code === "two_machines" ? withDetail(t, t(`failure.${code}`), detail) : t(`failure.${code}`);
}

/** What to do first, as a button says it. */
export function stepInWords({ t }: Pick<Viewer, "t">, step: RecommendedStep): string {
  return t(`cause.step.${step}`);
}

/** What a POS server like an example has, briefly; `detail` is what it says itself, where that is something else. */
export function exampleInWords(
  viewer: Pick<Viewer, "t">,
  example: CauseExample,
): { text: string; detail: string | null } {
  const { failureCode, text: told } = example;
  const text = failureCode
    ? failureInWords(viewer, failureCode, told)
    : errorInWords(viewer, adviceOnExample(example, false), told);
  const detail = failureCode ? detailInWords(viewer.t, told) : told;
  return {
    text,
    detail: (failureCode && text.includes(detail)) || detail === text || detail === "" ? null : detail,
  };
}
