import type { Taking } from "../fleet/takings.ts";
import { readUntil, untilChoices } from "../fleet/until-choices.ts";
import { fieldsOf } from "../forms/field-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { MAX_COMMENT_LENGTH, type TakingProblems, type TakingValues } from "./taking-form.ts";
import type { ShownSubject } from "./taking-routes.ts";

/** What is asked before somebody takes care of something: who has it now, and what was typed. */
export interface AskedTaking {
  current: Taking | null;
  values: TakingValues;
  problems: TakingProblems;
  /** Why it could not be taken, whatever was typed; a key of the catalogs. */
  refusal?: "taking.problem.held" | "taking.problem.parked" | "taking.problem.over" | null;
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
