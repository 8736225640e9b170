import { fieldsOf } from "../forms/field-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { WrittenNote } from "../restaurants/notes.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { readPhone } from "./phone.ts";
import {
  NOTE_LIMITS,
  type RestaurantNoteProblems,
  type RestaurantNoteValues,
} from "./restaurant-note-form.ts";

/** The card «Заметки о ресторане» on the page of a POS server. */
export function notesModel(
  { t, format }: Viewer,
  { id }: Pick<ShownPosServer, "id">,
  note: WrittenNote | null,
  now: number,
) {
  return {
    formUrl: `/pos-servers/${id}/restaurant-note/new`,
    change: t(note ? "restaurantNote.change" : "restaurantNote.add"),
    phone: note?.phone ? readPhone(note.phone) : null,
    person: note?.person ?? null,
    text: note?.text ?? null,
    isEmpty: note === null,
    changed:
      note && t("restaurantNote.changed", { name: note.userName, day: format.day(note.changedAt, now) }),
  };
}

/** A form of the notes: what was typed, what it began with, and who has changed that meanwhile. */
export interface AskedNotes {
  values: RestaurantNoteValues;
  problems: RestaurantNoteProblems;
  /** When what the form begins with was written, ms UTC; null = nothing was. */
  seenAt: number | null;
  /** As it is now. */
  note: WrittenNote | null;
  isChangedMeanwhile: boolean;
}

/** What the template of `/pos-servers/:id/restaurant-note/new` shows. */
export function notesFormModel(
  { t, format }: Viewer,
  { id, name, organizationName, crmId }: ShownPosServer,
  { values, problems, seenAt, note, isChangedMeanwhile }: AskedNotes,
  now: number,
) {
  const limits = {
    maxPerson: NOTE_LIMITS.person,
    maxText: NOTE_LIMITS.text,
  };
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
    /** What somebody else has written meanwhile, which saving again would replace. */
    meanwhile: isChangedMeanwhile && note ? [note.phone, note.person, note.text].filter((text) => text) : [],
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
