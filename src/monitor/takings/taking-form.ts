import { visibleText } from "../../protocol/visible-text.ts";
import type { TakingTerms } from "../fleet/take-care.ts";
import type { Taking } from "../fleet/takings.ts";
import { readUntil, untilChoices, writeUntil } from "../fleet/until-choices.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ShownSubject } from "./taking-routes.ts";

const MAX_COMMENT_LENGTH = 200;
/** Longer than anything that is offered; a page may have been open for a while. */
const MAX_TAKING_MS = 3 * 86_400_000;
const TAKING_FIELDS = ["until", "note"] as const;

type TakingValues = Record<(typeof TAKING_FIELDS)[number], string>;
/** Keys of the catalogs by field. */
type TakingProblems = Partial<Record<keyof TakingValues, string>>;

/** A form as it was filled in, with what it asks for, or what is wrong with it. */
export interface TakingForm {
  values: TakingValues;
  terms: TakingTerms | null;
  problems: TakingProblems;
}

/** What is asked before somebody takes care of something: who has it now, and what was typed. */
export interface AskedTaking {
  current: Taking | null;
  values: TakingValues;
  problems: TakingProblems;
  /** Why it could not be taken, whatever was typed; a key of the catalogs. */
  refusal?: "taking.problem.held" | "taking.problem.parked" | "taking.problem.over" | null;
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

/** What the template of `…/takings/new` shows. */
export function takingFormModel(
  viewer: Viewer,
  subject: ShownSubject,
  { current, values, problems, refusal = null }: AskedTaking,
  now: number,
) {
  const { t, format, user } = viewer;
  const isHeld = current !== null && current.userId !== user?.id;
  const field = fieldsOf(t, { typed: values, problems, limits: { maxLength: MAX_COMMENT_LENGTH } });
  const until = field("until", { label: t("taking.untilLabel"), isFocused: true });
  return {
    section: subject.section,
    title: t(isHeld ? "taking.takeOverTitle" : "taking.title", { name: subject.title }),
    subtitle: subject.subtitle,
    path: `${subject.url}/takings`,
    subjectUrl: subject.url,
    problem: refusal && t(refusal),
    texts: isHeld
      ? [
          t("taking.heldBy", { name: current.userName, time: format.clock(current.endsAt, now) }),
          ...(current.note ? [t("taking.heldNote", { note: current.note })] : []),
          t("taking.takeOverWhat"),
        ]
      : [t("taking.what")],
    insteadOf: isHeld ? current.id : null,
    until: { ...until, options: untilOptions(viewer, values.until, now) },
    note: field("note", { label: t("taking.note"), hint: t("taking.noteHint") }),
    submit: submitText(),
  };

  function submitText(): string {
    if (isHeld) return t("taking.takeOver");
    return t(current ? "form.save" : "taking.take");
  }
}

/** Until when it can be taken; `chosen` stays among it while it is still to come. */
export function untilOptions({ t, format, timeZone }: Viewer, chosen: string, now: number) {
  const choices = untilChoices(now, timeZone);
  const chosenAt = readUntil(chosen, now);
  const isOffered = choices.some(({ value }) => value === chosen);
  const isKept = chosenAt !== null && chosenAt > now;
  const added =
    isKept && !isOffered ? [{ kind: "clock" as const, value: chosen, at: chosenAt, isDefault: false }] : [];
  return [...choices, ...added]
    .sort((one, other) => one.at - other.at)
    .map(({ kind, value, at, isDefault }) => ({
      value,
      text: t(`taking.choice.${kind}`, { time: format.clock(at, kind === "morning" ? at : now) }),
      isChosen: isKept ? value === chosen : isDefault,
    }));
}
