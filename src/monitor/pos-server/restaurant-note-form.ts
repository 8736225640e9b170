import { visibleText } from "../../protocol/visible-text.ts";
import { RESTAURANT_NOTE_FIELDS, type RestaurantNoteField } from "../audit-log/detail.ts";
import { textFields } from "../forms/fields.ts";
import type { RestaurantNote, WrittenNote } from "../restaurants/notes.ts";
import { readPhone } from "./phone.ts";

export const NOTE_LIMITS = { person: 100, text: 1_000 } as const;

export type RestaurantNoteValues = Record<RestaurantNoteField, string>;
/** Keys of the catalogs by field. */
export type RestaurantNoteProblems = Partial<Record<RestaurantNoteField, string>>;

/** A form as it was filled in, with what it asks for, or what is wrong with it. */
export interface RestaurantNoteForm {
  values: RestaurantNoteValues;
  note: RestaurantNote;
  /** When what the form began with was written, ms UTC; null = nothing was. */
  seenAt: number | null;
  problems: RestaurantNoteProblems;
}

export function valuesOfNote(note: WrittenNote | null): RestaurantNoteValues {
  return { phone: note?.phone ?? "", person: note?.person ?? "", text: note?.text ?? "" };
}

/** Reads phone, person and text; each may be empty. */
export function readRestaurantNoteForm(body: unknown): RestaurantNoteForm {
  const typed = textFields(body, RESTAURANT_NOTE_FIELDS);
  // Browsers send two characters for the end of a line, and count one.
  const values = { ...typed, text: typed.text.replace(/\r\n?/g, "\n") };
  const phone = readPhone(values.phone);
  const isPhoneWrong = values.phone.trim() !== "" && phone === null;
  const person = visibleText(values.person.replace(/\s+/g, " ").trim());
  const text = visibleText(values.text.replace(/[^\S\n]+$/gm, "").trim());
  const note = { phone: phone?.text ?? null, person: person || null, text: text || null };
  const isTooLong = (field: keyof typeof NOTE_LIMITS) => (note[field]?.length ?? 0) > NOTE_LIMITS[field];
  const { seenAt } = textFields(body, ["seenAt"]);
  return {
    values,
    note,
    seenAt: /^\d{1,15}$/.test(seenAt) ? Number(seenAt) : null,
    problems: {
      ...(isPhoneWrong && { phone: "restaurantNote.problem.phone" }),
      ...(isTooLong("person") && { person: "restaurantNote.problem.personTooLong" }),
      ...(isTooLong("text") && { text: "restaurantNote.problem.textTooLong" }),
    },
  };
}
