import { visibleText } from "../../protocol/visible-text.ts";
import type { TakingTerms } from "../fleet/take-care.ts";
import type { Taking } from "../fleet/takings.ts";
import { readUntil, writeUntil } from "../fleet/until-choices.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";

export const MAX_COMMENT_LENGTH = 200;
/** Longer than anything that is offered; a page may have been open for a while. */
const MAX_TAKING_MS = 3 * 86_400_000;
const TAKING_FIELDS = ["until", "note"] as const;

export type TakingValues = Record<(typeof TAKING_FIELDS)[number], string>;
/** Keys of the catalogs by field. */
export type TakingProblems = Partial<Record<keyof TakingValues, string>>;

/** A form as it was filled in, with what it asks for, or what is wrong with it. */
export interface TakingForm {
  values: TakingValues;
  terms: TakingTerms | null;
  problems: TakingProblems;
}

/** The fields as they are for whoever takes care already; of anybody else's taking the form begins anew. */
export function valuesOfTaking(own: Taking | null): TakingValues {
  return { until: own ? writeUntil(own.endsAt) : "", note: own?.note ?? "" };
}

/** Reads until when, why, and instead of whom somebody takes care of something at `now` (ms UTC). */
export function readTakingForm(body: unknown, now: number): TakingForm {
  const values = textFields(body, TAKING_FIELDS);
  const note = visibleText(values.note.replace(/\s+/g, " ").trim());
  const endsAt = readUntil(values.until, now);
  const untilProblem = findUntilProblem(endsAt, now);
  const problems: TakingProblems = {
    ...(untilProblem && { until: `taking.problem.${untilProblem}` }),
    ...(note.length > MAX_COMMENT_LENGTH && { note: "taking.problem.noteTooLong" }),
  };
  const isRight = endsAt !== null && Object.keys(problems).length === 0;
  const insteadOf = readId(textFields(body, ["insteadOf"]).insteadOf);
  return { values, problems, terms: isRight ? { endsAt, note: note || null, insteadOf } : null };
}

function findUntilProblem(endsAt: number | null, now: number): "time" | "past" | "tooFar" | null {
  if (endsAt === null) return "time";
  if (endsAt <= now) return "past";
  return endsAt > now + MAX_TAKING_MS ? "tooFar" : null;
}
