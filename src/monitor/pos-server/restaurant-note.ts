import { type StaticDecode, Type } from "typebox";
import { visibleText } from "../../protocol/visible-text.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { readForm, Text } from "../forms/fields.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { readPhone, type WrittenNote } from "../restaurants/notes.ts";
import type { Viewer } from "../viewer/viewer.ts";

const LIMITS = { person: 100, text: 1_000 } as const;

const NoteForm = Type.Object({ phone: Text, person: Text, text: Text, seenAt: Text });

/** The form of the notes, and what others have written meanwhile. */
export interface AskedNotes {
  values: Omit<StaticDecode<typeof NoteForm>, "seenAt">;
  /** Keys of the catalogs. */
  problems: { phone?: string; person?: string; text?: string };
  /** When the note that the form began with was written, ms UTC; null = there was none. */
  seenAt: number | null;
  /** As it is now. */
  note: WrittenNote | null;
  isChangedMeanwhile: boolean;
}

export function notesModel(
  { t, format }: Viewer,
  { id }: ShownPosServer,
  note: WrittenNote | null,
  now: number,
) {
  return {
    formUrl: `/pos-servers/${id}/restaurant-note/new`,
    change: t(note ? "form.change" : "form.add"),
    phone: note?.phone ? readPhone(note.phone) : null,
    person: note?.person ?? null,
    text: note?.text ?? null,
    isEmpty: note === null,
    changed:
      note && t("restaurantNote.changed", { name: note.userName, day: format.day(note.changedAt, now) }),
  };
}

export function beginNotes(note: WrittenNote | null): AskedNotes {
  return {
    values: { phone: note?.phone ?? "", person: note?.person ?? "", text: note?.text ?? "" },
    problems: {},
    seenAt: note?.changedAt ?? null,
    note,
    isChangedMeanwhile: false,
  };
}

/** Reads phone, person and text; each may be empty. */
export function readNoteForm(body: unknown) {
  const { seenAt, ...typed } = readForm(NoteForm, body);
  // Browsers send two characters for the end of a line, but count one.
  const values = { ...typed, text: typed.text.replace(/\r\n?/g, "\n") };
  const phone = readPhone(values.phone);
  const isPhoneWrong = values.phone.trim() !== "" && phone === null;
  const person = visibleText(values.person.replace(/\s+/g, " ").trim());
  const text = visibleText(values.text.replace(/[^\S\n]+$/gm, "").trim());
  return {
    values,
    note: { phone: phone?.text ?? null, person: person || null, text: text || null },
    seenAt: /^\d{1,15}$/.test(seenAt) ? Number(seenAt) : null,
    problems: {
      ...(isPhoneWrong && { phone: "restaurantNote.problem.phone" }),
      ...(person.length > LIMITS.person && { person: "restaurantNote.problem.personTooLong" }),
      ...(text.length > LIMITS.text && { text: "restaurantNote.problem.textTooLong" }),
    },
  };
}

export function notesFormModel(
  { t, format }: Viewer,
  { id, name, organizationName, crmId }: ShownPosServer,
  { values, problems, seenAt, note, isChangedMeanwhile }: AskedNotes,
  now: number,
) {
  const limits = { maxPerson: LIMITS.person, maxText: LIMITS.text };
  const field = fieldsOf(t, { typed: values, problems, limits });
  const changed = note
    ? t("restaurantNote.problem.changed", { name: note.userName, time: format.clock(note.changedAt, now) })
    : t("restaurantNote.problem.removed");
  return {
    title: t("restaurantNote.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}/restaurant-note`,
    posServerUrl: `/pos-servers/${id}`,
    seenAt: seenAt ?? "",
    problem: isChangedMeanwhile ? changed : null,
    /** What somebody else wrote meanwhile, and saving would replace. */
    meanwhile: isChangedMeanwhile && note ? [note.phone, note.person, note.text].filter(Boolean) : [],
    phone: field("phone", {
      label: t("restaurantNote.phone"),
      hint: t("restaurantNote.phoneHint"),
      type: "tel",
      isFocused: true,
    }),
    person: field("person", { label: t("restaurantNote.person"), hint: t("restaurantNote.personHint") }),
    text: field("text", { label: t("restaurantNote.text"), hint: t("restaurantNote.textHint") }),
  };
}
