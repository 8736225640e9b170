import {
  type AuditDetailPart,
  RESTAURANT_NOTE_FIELDS,
  type RestaurantNoteField,
} from "../audit-log/detail.ts";
import { type Actor, type NamedPosServer, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";

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
    .where("posServerId", "in", posServerIds)
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
