import Type, { type StaticDecode } from "typebox";
import { DAY_MS } from "../../protocol/time-units.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { type FilledForm, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text } from "../forms/fields.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import {
  findEndProblem,
  readUntil,
  untilChoices,
  usualUntil,
  writeUntil,
} from "../restaurants/until-choices.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ShownSubject } from "./acknowledgement-routes.ts";

const MAX_COMMENT_LENGTH = 200;
/** Longer than any choice, since a page may have been open for a while. */
const MAX_ACKNOWLEDGEMENT_MS = 3 * DAY_MS;

const AcknowledgementForm = Type.Object({ until: Text, note: Text, insteadOf: Text });
type AcknowledgementValues = Omit<StaticDecode<typeof AcknowledgementForm>, "insteadOf">;

export interface FilledAcknowledgement extends Pick<FilledForm, "problems"> {
  values: AcknowledgementValues;
  /** Why it was refused, whatever was typed; a key of the catalogs. */
  refusal?: string;
}

/** The fields for whoever has it already; empty for everybody else. */
export function valuesOfAcknowledgement(own: Acknowledgement | null): AcknowledgementValues {
  return { until: own ? writeUntil(own.endsAt) : "", note: own?.note ?? "" };
}

/**
 * Reads until when, why, and instead of whom somebody takes care at `now` (ms UTC). A row of the list sends `usual`: until
 * the time that is offered first.
 * @returns `terms`: null when something is wrong.
 */
export function readAcknowledgementForm(body: unknown, timeZone: string, now: number) {
  const { insteadOf, ...values } = readForm(AcknowledgementForm, body);
  const note = visibleText(values.note.replace(/\s+/g, " ").trim());
  const endsAt = values.until === "usual" ? usualUntil(now, timeZone) : readUntil(values.until, now);
  const untilProblem = findEndProblem(endsAt, MAX_ACKNOWLEDGEMENT_MS, now);
  const problems: Record<string, string> = {};
  if (untilProblem) problems.until = `acknowledgement.problem.${untilProblem}`;
  if (note.length > MAX_COMMENT_LENGTH) problems.note = "acknowledgement.problem.noteTooLong";
  const isRight = endsAt !== null && Object.keys(problems).length === 0;
  const terms = isRight ? { endsAt, note: note || null, insteadOf: readId(insteadOf) } : null;
  return { values, problems, terms };
}

export function acknowledgementFormModel(
  viewer: Viewer,
  subject: ShownSubject,
  current: Acknowledgement | null,
  { values, problems, refusal }: FilledAcknowledgement,
  now: number,
) {
  const { t, format, user } = viewer;
  const isHeld = current !== null && current.userId !== user?.id;
  const field = fieldsOf(t, { typed: values, problems, limits: { maxLength: MAX_COMMENT_LENGTH } });
  const until = field("until", { label: t("parking.until"), isFocused: true });
  const shown = {
    section: subject.section,
    title: t("acknowledgement.title", { name: subject.title }),
    subtitle: subject.subtitle,
    path: `${subject.url}/takings`,
    subjectUrl: subject.url,
    problem: refusal && t(refusal),
    texts: [t("acknowledgement.what")],
    isOwn: current !== null && !isHeld,
    until: { ...until, options: untilOptions(viewer, values.until, now) },
    note: field("note", { label: t("acknowledgement.note"), hint: t("acknowledgement.noteHint") }),
    submit: t(current ? "form.save" : "acknowledgement.take"),
  };
  if (!isHeld) return shown;
  const { id: insteadOf, userName: name, note, endsAt } = current;
  const texts = [t("acknowledgement.heldBy", { name, time: format.clock(endsAt, now) })];
  if (note) texts.push(t("acknowledgement.heldNote", { note }));
  texts.push(t("acknowledgement.takeOverWhat"));
  const title = t("acknowledgement.takeOverTitle", { name: subject.title });
  return { ...shown, title, texts, insteadOf, submit: t("acknowledgement.takeOver") };
}

/** @param chosen stays a choice while it lies ahead. */
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
