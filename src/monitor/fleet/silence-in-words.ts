import { inSentence } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { titleOfCause } from "./cause-in-words.ts";
import { type Advice, adviceOn, type ProblemFacts } from "./causes.ts";
import { type PosServerState, troubleBeforeSilence } from "./state.ts";

export interface SilenceFacts extends ProblemFacts {
  /** By its last report; null = it never answered. */
  stateBefore: PosServerState | null;
  /** ms UTC; null = unknown. */
  problemSince: number | null;
  silentSince: number | null;
}

export type TroubleBefore = NonNullable<ReturnType<typeof troubleBefore>>;

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
