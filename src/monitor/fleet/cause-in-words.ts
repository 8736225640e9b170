import type { Viewer } from "../viewer/viewer.ts";
import { type Cause, failureOfCause } from "./cause-catalogue.ts";
import type { Advice } from "./causes.ts";
import type { RecommendedStep } from "./recommended-steps.ts";

const CYRILLIC = /\p{Script=Cyrillic}/u;

/** Names a cause. @param service its name; null = any. */
export function titleOfCause({ t }: Pick<Viewer, "t">, cause: Cause, service: string | null = null): string {
  const code = failureOfCause(cause);
  if (code) return t(`failure.${code}`);
  return t(`cause.title.${cause}`, { service: service ?? t("databaseReset.anyService") });
}

/**
 * Says briefly what an error is about: itself where the viewer can read it, otherwise its cause, where that is known.
 * @param brief the error without what only programmers need.
 */
export function errorInWords(
  viewer: Pick<Viewer, "t" | "language">,
  advice: Advice | null,
  { brief, full }: { brief: string; full: string },
): string {
  const isKnown = advice !== null && advice.cause !== "exchange_failed";
  const isReadable = CYRILLIC.test(full) === (viewer.language === "ru");
  return isKnown && (advice.isFromChecks || !isReadable) ? titleOfCause(viewer, advice.cause) : brief;
}

/** What to do first, as a button says it. */
export function stepInWords({ t }: Pick<Viewer, "t">, step: RecommendedStep): string {
  return t(`cause.step.${step}`);
}
