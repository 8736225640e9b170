import type { AuditDetail } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { translator } from "../../viewer/language.ts";
import type { StateRules } from "../state.ts";
import { keepClosings } from "./keep-closings.ts";
import { findOpeningHours, type HoursOwner, type OpeningHours, ownerColumns } from "./opening-hours.ts";
import { hoursInWords, worksInWords } from "./schedule-in-words.ts";

/** As the audit log keeps them: `readHours` and `readWorks` read them again for each viewer. */
const RECORDED = translator("en");

/** An organization or a POS server, and what the audit log calls it. */
export interface NamedOwner {
  owner: HoursOwner;
  name: string;
  organizationId: number;
}

/**
 * Says when restaurants work; the audit log has what has changed, and what follows from it for now is decided at once.
 * @param rules of states, at `now` (ms UTC).
 * @returns the POS servers that are not closed any more, which are to be polled.
 */
export async function changeOpeningHours(
  db: Db,
  actor: Actor,
  named: NamedOwner,
  changed: OpeningHours,
  rules: StateRules,
  now: number,
): Promise<number[]> {
  const isChanged = await inTransaction(db, (trx) => replaceOpeningHours(trx, actor, named, changed, now));
  return isChanged ? await keepClosings(db, rules, now) : [];
}

/** Writes them; what they say of now is still to be looked at. @returns false when they were the same before. */
export async function replaceOpeningHours(
  trx: Db,
  actor: Actor,
  { owner, name, organizationId }: NamedOwner,
  changed: OpeningHours,
  now: number,
): Promise<boolean> {
  const before = await findOpeningHours(trx, owner);
  const detail = changesOf(before, changed);
  if (detail.length === 0) return false;
  await writeOpeningHours(trx, owner, changed);
  const { posServerId } = ownerColumns(owner);
  await recordEvent(
    trx,
    actor,
    { action: "opening_hours_change", subject: name, organizationId, posServerId, detail },
    now,
  );
  return true;
}

/** Writes them without a word in the audit log: of what is just being added. */
export async function writeOpeningHours(
  trx: Db,
  owner: HoursOwner,
  { timeZone, hours, works }: OpeningHours,
): Promise<void> {
  const columns = ownerColumns(owner);
  await trx
    .updateTable("posStatus")
    .set({ closingChangesAt: 0 })
    .where((eb) =>
      eb.or([eb("organizationId", "=", columns.organizationId), eb("posServerId", "=", columns.posServerId)]),
    )
    .execute();
  await trx
    .deleteFrom("openingHours")
    .where("organizationId", "is", columns.organizationId)
    .where("posServerId", "is", columns.posServerId)
    .execute();
  if (timeZone === null && hours === null && works.weekly.length + works.once.length === 0) return;
  await trx
    .insertInto("openingHours")
    .values({
      ...columns,
      timeZone,
      hours: hours && JSON.stringify(hours),
      works: JSON.stringify(works),
    })
    .execute();
}

function changesOf(before: OpeningHours, after: OpeningHours): AuditDetail {
  const hours = (said: OpeningHours) => said.hours && hoursInWords(RECORDED, said.hours);
  const works = (said: OpeningHours) => worksInWords(RECORDED, said.works) || null;
  return [
    ...(hours(before) === hours(after)
      ? []
      : [{ key: "openingHours", values: { hours: hours(after) } } as const]),
    ...(works(before) === works(after)
      ? []
      : [{ key: "plannedWorks", values: { works: works(after) } } as const]),
    ...(before.timeZone === after.timeZone
      ? []
      : [{ key: "hoursTimeZone", values: { timeZone: after.timeZone } } as const]),
  ];
}
