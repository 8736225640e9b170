import { inSentence } from "../viewer/in-sentence.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { titleOfCause } from "./cause-in-words.ts";
import { type Advice, adviceOn, type ProblemFacts } from "./causes.ts";
import { type PosServerState, troubleBeforeSilence } from "./state.ts";

/** What is known of a POS server that may have fallen silent. */
export interface SilenceFacts extends ProblemFacts {
  /** By its last report; null = it has never answered. */
  stateBefore: PosServerState | null;
  /** ms UTC; null = nobody knows. */
  problemSince: number | null;
  silentSince: number | null;
}

/** What it had when it answered last. */
export interface TroubleBefore {
  state: PosServerState;
  advice: Advice;
  /** When its silence began, ms UTC. */
  silentSince: number;
  /** «До этого: база данных повреждена, 2 ч 44 мин» */
  text: string;
}

/** What was to be done before it fell silent, and is still left to do; null = nothing that is known, or it answers. */
export function adviceBeforeSilence(facts: SilenceFacts): Advice | null {
  const state = troubleBeforeSilence(facts);
  return state && adviceOn({ ...facts, state, failureCode: null });
}

/** What a silent POS server had before, which its silence does not end; null = nothing that is known, or it answers. */
export function troubleBefore(
  words: Pick<Viewer, "t" | "format">,
  facts: SilenceFacts,
): TroubleBefore | null {
  const { stateBefore: state, problemSince, silentSince } = facts;
  const advice = adviceBeforeSilence(facts);
  if (state === null || advice === null || silentSince === null) return null;
  const text = beforeInWords(
    words,
    titleOfCause(words, advice.cause),
    problemSince ?? silentSince,
    silentSince,
  );
  return { state, advice, silentSince, text };
}

/** «До этого: база данных повреждена, 2 ч 44 мин». @param since when that began, and `until` when the silence did, ms UTC. */
export function beforeInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  cause: string,
  since: number,
  until: number,
): string {
  const duration = format.span(Math.min(since, until), until);
  return t("posServers.reason.before", { cause: inSentence(cause), duration });
}
