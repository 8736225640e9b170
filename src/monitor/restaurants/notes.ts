import {
  type AuditDetailPart,
  RESTAURANT_NOTE_FIELDS,
  type RestaurantNoteField,
} from "../audit-log/detail.ts";
import { type Actor, type NamedPosServer, recordEvent } from "../audit-log/record-event.ts";
import { idList } from "../database/id-list.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import type { Viewer } from "../viewer/viewer.ts";

const MIN_PHONE_DIGITS = 3;
const MAX_PHONE_DIGITS = 15;
const MAX_PHONE_LENGTH = 60;
const NUMBER = /^\+?[\d ().-]+$/;
/** Behind a number: a comma, a hash, or a short word. */
const EXTENSION = /^(.*?) ?[,;]? ?(?:,|#|\p{L}{1,4}\.?) ?(\d{1,6})$/u;
const DASHES = /[‐‑‒–—−]/g;

/** null = nothing was noted. */
export type RestaurantNote = Record<RestaurantNoteField, string | null>;

/** `at`: ms UTC. */
export interface WrittenNote extends RestaurantNote {
  userName: string;
  changedAt: number;
}

const NO_NOTE: RestaurantNote = { phone: null, person: null, text: null };
/** The audit log only has the beginning of a text. */
const MAX_RECORDED_LENGTH = 200;

export async function readRestaurantNotes(db: Db, posServerIds: readonly number[]) {
  if (posServerIds.length === 0) return new Map<number, WrittenNote>();
  const rows = await db
    .selectFrom("restaurantNote")
    .select(["posServerId", "phone", "person", "text", "userName", "changedAt"])
    .where("posServerId", "in", idList(posServerIds))
    .execute();
  return new Map(rows.map(({ posServerId, ...note }) => [posServerId, note]));
}

export async function findRestaurantNote(db: Db, posServerId: number): Promise<WrittenNote | null> {
  return (await readRestaurantNotes(db, [posServerId])).get(posServerId) ?? null;
}

/** @param seenAt when the note to change was written; null = there was none. @returns false when it has changed since. */
export async function changeRestaurantNote(
  db: Db,
  actor: Actor,
  { id: posServerId, name: subject, organizationId }: NamedPosServer,
  { note, seenAt }: { note: RestaurantNote; seenAt: number | null },
  now: number,
): Promise<boolean> {
  return await inTransaction(db, async (trx) => {
    const before = await findRestaurantNote(trx, posServerId);
    const detail = describeChange(before ?? NO_NOTE, note);
    if (detail.length === 0) return true;
    if ((before?.changedAt ?? null) !== seenAt) return false;
    // Two changes within one millisecond need different versions.
    const changedAt = Math.max(now, (seenAt ?? 0) + 1);
    const columns = { ...note, userId: actor.userId, userName: actor.name ?? actor.login, changedAt };
    if (RESTAURANT_NOTE_FIELDS.every((field) => note[field] === null)) {
      await trx.deleteFrom("restaurantNote").where("posServerId", "=", posServerId).execute();
    } else {
      await trx
        .insertInto("restaurantNote")
        .values({ posServerId, ...columns })
        .onConflict((conflict) => conflict.column("posServerId").doUpdateSet(columns))
        .execute();
    }
    const event = { action: "restaurant_note_change", subject, organizationId, posServerId, detail } as const;
    await recordEvent(trx, actor, event, now);
    return true;
  });
}

function describeChange(before: RestaurantNote, after: RestaurantNote): AuditDetailPart[] {
  return RESTAURANT_NOTE_FIELDS.filter((field) => before[field] !== after[field]).map((field) => ({
    key: "restaurantNoteChange",
    values: { field, before: inOneLine(before[field]), after: inOneLine(after[field]) },
  }));
}

function inOneLine(text: string | null): string | null {
  const line = text?.replace(/\s+/g, " ") ?? null;
  return line === null || line.length <= MAX_RECORDED_LENGTH
    ? line
    : `${line.slice(0, MAX_RECORDED_LENGTH - 1)}…`;
}

/** Reads a telephone number as people write it; null when nobody can call it. `url` is what a phone dials. */
export function readPhone(text: string): { text: string; url: string } | null {
  const written = text.replace(/\s+/g, " ").replace(DASHES, "-").trim();
  if (written.length > MAX_PHONE_LENGTH) return null;
  const [, number = written, extension = ""] = EXTENSION.exec(written) ?? [];
  const digits = number.replace(/\D/g, "");
  const isRight =
    NUMBER.test(number) && digits.length >= MIN_PHONE_DIGITS && digits.length <= MAX_PHONE_DIGITS;
  if (!isRight) return null;
  const plus = number.startsWith("+") ? "+" : "";
  return { text: written, url: `tel:${plus}${digits}${extension && `,${extension}`}` };
}

/** What calls the restaurant; null while nobody has noted its number. */
export function callOf(
  { t }: Pick<Viewer, "t">,
  note: { phone: string | null; person: string | null } | null,
) {
  const phone = note?.phone ? readPhone(note.phone) : null;
  const name = note?.person;
  return (
    phone && {
      url: phone.url,
      text: name ? t("restaurantNote.callPerson", { name }) : t("restaurantNote.callThere"),
      number: phone.text,
    }
  );
}
