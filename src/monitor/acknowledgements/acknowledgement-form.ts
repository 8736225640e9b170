import { visibleText } from "../../protocol/visible-text.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import type { AcknowledgementTerms } from "../restaurants/acknowledge.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import { readUntil, untilChoices, writeUntil } from "../restaurants/until-choices.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ShownSubject } from "./acknowledgement-routes.ts";

const MAX_COMMENT_LENGTH = 200;
/** Longer than anything that is offered; a page may have been open for a while. */
const MAX_ACKNOWLEDGEMENT_MS = 3 * 86_400_000;
const ACKNOWLEDGEMENT_FIELDS = ["until", "note"] as const;

type AcknowledgementValues = Record<(typeof ACKNOWLEDGEMENT_FIELDS)[number], string>;
/** Keys of the catalogs by field. */
type AcknowledgementProblems = Partial<Record<keyof AcknowledgementValues, string>>;

/** A form as it was filled in, with what it asks for, or what is wrong with it. */
export interface AcknowledgementForm {
  values: AcknowledgementValues;
  terms: AcknowledgementTerms | null;
  problems: AcknowledgementProblems;
}

/** What is asked before somebody takes care of something: who has it now, and what was typed. */
export interface AskedAcknowledgement {
  current: Acknowledgement | null;
  values: AcknowledgementValues;
  problems: AcknowledgementProblems;
  /** Why it could not be taken, whatever was typed; a key of the catalogs. */
  refusal?:
    | "acknowledgement.problem.held"
    | "acknowledgement.problem.parked"
    | "acknowledgement.problem.over"
    | null;
}

/** The fields as they are for whoever takes care already; of anybody else's acknowledgement the form begins anew. */
export function valuesOfAcknowledgement(own: Acknowledgement | null): AcknowledgementValues {
  return { until: own ? writeUntil(own.endsAt) : "", note: own?.note ?? "" };
}

/** Reads until when, why, and instead of whom somebody takes care of something at `now` (ms UTC). */
export function readAcknowledgementForm(body: unknown, now: number): AcknowledgementForm {
  const values = textFields(body, ACKNOWLEDGEMENT_FIELDS);
  const note = visibleText(values.note.replace(/\s+/g, " ").trim());
  const endsAt = readUntil(values.until, now);
  const untilProblem = findUntilProblem(endsAt, now);
  const problems: AcknowledgementProblems = {
    ...(untilProblem && { until: `acknowledgement.problem.${untilProblem}` }),
    ...(note.length > MAX_COMMENT_LENGTH && { note: "acknowledgement.problem.noteTooLong" }),
  };
  const isRight = endsAt !== null && Object.keys(problems).length === 0;
  const insteadOf = readId(textFields(body, ["insteadOf"]).insteadOf);
  return { values, problems, terms: isRight ? { endsAt, note: note || null, insteadOf } : null };
}

function findUntilProblem(endsAt: number | null, now: number): "time" | "past" | "tooFar" | null {
  if (endsAt === null) return "time";
  if (endsAt <= now) return "past";
  return endsAt > now + MAX_ACKNOWLEDGEMENT_MS ? "tooFar" : null;
}

/** What the template of `…/takings/new` shows. */
export function acknowledgementFormModel(
  viewer: Viewer,
  subject: ShownSubject,
  { current, values, problems, refusal = null }: AskedAcknowledgement,
  now: number,
) {
  const { t, format, user } = viewer;
  const isHeld = current !== null && current.userId !== user?.id;
  const field = fieldsOf(t, { typed: values, problems, limits: { maxLength: MAX_COMMENT_LENGTH } });
  const until = field("until", { label: t("acknowledgement.untilLabel"), isFocused: true });
  return {
    section: subject.section,
    title: t(isHeld ? "acknowledgement.takeOverTitle" : "acknowledgement.title", { name: subject.title }),
    subtitle: subject.subtitle,
    path: `${subject.url}/takings`,
    subjectUrl: subject.url,
    problem: refusal && t(refusal),
    texts: isHeld
      ? [
          t("acknowledgement.heldBy", { name: current.userName, time: format.clock(current.endsAt, now) }),
          ...(current.note ? [t("acknowledgement.heldNote", { note: current.note })] : []),
          t("acknowledgement.takeOverWhat"),
        ]
      : [t("acknowledgement.what")],
    insteadOf: isHeld ? current.id : null,
    until: { ...until, options: untilOptions(viewer, values.until, now) },
    note: field("note", { label: t("acknowledgement.note"), hint: t("acknowledgement.noteHint") }),
    submit: submitText(),
  };

  function submitText(): string {
    if (isHeld) return t("acknowledgement.takeOver");
    return t(current ? "form.save" : "acknowledgement.take");
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
      text: t(`acknowledgement.choice.${kind}`, { time: format.clock(at, kind === "morning" ? at : now) }),
      isChosen: isKept ? value === chosen : isDefault,
    }));
}
