import type { AuditDetail, AuditDetailPart } from "../../audit-log/detail.ts";
import { type Actor, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { translator } from "../../viewer/language.ts";
import type { StateRules } from "../state.ts";
import { keepClosings } from "./keep-closings.ts";
import { findOpeningHours, type HoursOwner, type OpeningHours, ownerColumns } from "./opening-hours.ts";
import { hoursInWords, worksInWords } from "./schedule-in-words.ts";

/** The audit log keeps English texts, which `readHours` and `readWorks` read back for each viewer. */
const RECORDED = translator("en");

export interface NamedOwner {
  owner: HoursOwner;
  name: string;
  organizationId: number;
}

/**
 * Changes and records opening hours, and closes or opens POS servers at once.
 * @param rules of states.
 * @returns those that have just opened, to be polled.
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

/** Saves and records opening hours; call `keepClosings` after it. @returns false when nothing changed. */
export async function replaceOpeningHours(
  trx: Db,
  actor: Actor,
  { owner, name, organizationId }: NamedOwner,
  changed: OpeningHours,
  now: number,
): Promise<boolean> {
  const detail = changesOf(await findOpeningHours(trx, owner), changed);
  if (detail.length === 0) return false;
  await writeOpeningHours(trx, owner, changed);
  const { posServerId } = ownerColumns(owner);
  const event = {
    action: "opening_hours_change",
    subject: name,
    organizationId,
    posServerId,
    detail,
  } as const;
  await recordEvent(trx, actor, event, now);
  return true;
}

/** Saves opening hours of what is just being added, without an event. */
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
  const inWords = ({ timeZone, hours, works }: OpeningHours) => ({
    hours: hours && hoursInWords(RECORDED, hours),
    works: worksInWords(RECORDED, works) || null,
    timeZone,
  });
  const [old, { hours, works, timeZone }] = [inWords(before), inWords(after)];
  const changes: AuditDetailPart[] = [];
  if (hours !== old.hours) changes.push({ key: "openingHours", values: { hours } });
  if (works !== old.works) changes.push({ key: "plannedWorks", values: { works } });
  if (timeZone !== old.timeZone) changes.push({ key: "hoursTimeZone", values: { timeZone } });
  return changes;
}
