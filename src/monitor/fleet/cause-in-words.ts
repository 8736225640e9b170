import type { Viewer } from "../viewer/viewer.ts";
import { type Cause, failureOfCause, type RecommendedStep } from "./cause-catalogue.ts";

/** Names a cause. @param service its name; null = any. */
export function titleOfCause({ t }: Pick<Viewer, "t">, cause: Cause, service: string | null = null): string {
  const code = failureOfCause(cause);
  if (code) return t(`failure.${code}`);
  return t(`cause.title.${cause}`, { service: service ?? t("databaseReset.anyService") });
}

/** What to do first, as a button says it. */
export function stepInWords({ t }: Pick<Viewer, "t">, step: RecommendedStep): string {
  return t(`cause.step.${step}`);
}
