import { type FailureCode, isRefusal } from "../pos-client/calls/failure.ts";
import { detailInWords, inSentence, withDetail } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type Cause, refusalOfCause } from "./cause-catalogue.ts";
import { adviceOnExample, type CauseExample } from "./cause-example.ts";
import { type Advice, adviceOn, type ProblemFacts } from "./causes.ts";
import type { RecommendedStep } from "./recommended-steps.ts";
import { type PosServerState, troubleBeforeSilence } from "./state.ts";

interface SilenceFacts extends ProblemFacts {
  /** By its last report; null = it never answered. */
  stateBefore: PosServerState | null;
  /** ms UTC; null = unknown. */
  problemSince: number | null;
  silentSince: number | null;
}

export type TroubleBefore = NonNullable<ReturnType<typeof troubleBefore>>;

/** @param service the name of the service; null = any. */
export function titleOfCause({ t }: Pick<Viewer, "t">, cause: Cause, service: string | null = null): string {
  const code = refusalOfCause(cause);
  if (code) return t(`failure.${code}`);
  return t(`cause.title.${cause}`, { service: service ?? t("databaseReset.anyService") });
}

/** Where «Справка» tells of it. */
export function helpUrlOf(cause: Cause): string {
  return `/help#cause-${cause}`;
}

/** Names the cause of an error; an unknown one with words is shown as it is. @param brief the error without details. */
export function errorInWords(viewer: Pick<Viewer, "t">, advice: Advice | null, brief: string): string {
  const isNamed = advice !== null && (advice.cause !== "exchange_failed" || brief === "");
  return isNamed ? titleOfCause(viewer, advice.cause) : brief;
}

export function stepInWords({ t }: Pick<Viewer, "t">, step: RecommendedStep): string {
  return t(`cause.step.${step}`);
}

/** `detail`: its own error message, or how it does not answer; null where that says no more. */
export function exampleInWords(viewer: Pick<Viewer, "t">, example: CauseExample) {
  const { failureCode, text: reported } = example;
  const text = errorInWords(viewer, adviceOnExample(example, false), reported);
  if (failureCode) return { text, detail: failureInDetail(viewer, failureCode, reported) };
  return { text, detail: reported === text || reported === "" ? null : reported };
}

/** About the trouble that a silent POS server had before; null = none is known, or it answers. */
export function adviceBeforeSilence(facts: SilenceFacts): Advice | null {
  const state = troubleBeforeSilence(facts);
  return state && adviceOn({ ...facts, state, failureCode: null });
}

/** The trouble that a silent POS server had before; null = none is known, or it answers. */
export function troubleBefore(words: Pick<Viewer, "t" | "format">, facts: SilenceFacts) {
  const { stateBefore: state, problemSince, silentSince } = facts;
  const advice = adviceBeforeSilence(facts);
  if (state === null || advice === null || silentSince === null) return null;
  const cause = titleOfCause(words, advice.cause);
  const text = beforeInWords(words, cause, problemSince ?? silentSince, silentSince);
  return { state, advice, silentSince, text };
}

/**
 * «До этого: база данных повреждена, 2 ч 44 мин».
 * @param since when the trouble began, `until` when the silence did; ms UTC.
 */
export function beforeInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  cause: string,
  since: number,
  until: number,
): string {
  const duration = format.span(Math.min(since, until), until);
  return t("posServers.reason.before", { cause: inSentence(cause), duration });
}

/** How it does not answer. Of a refusal, which is a cause of its own, only the detail; null = there is none. */
function failureInDetail({ t }: Pick<Viewer, "t">, code: FailureCode, detail: string): string | null {
  if (!isRefusal(code)) return withDetail(t, t(`failure.${code}`), detail);
  return detail === "" ? null : detailInWords(t, detail);
}
