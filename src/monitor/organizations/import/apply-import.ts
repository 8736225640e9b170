import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type Actor, type NamedPosServer, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { replaceOpeningHours, writeOpeningHours } from "../../fleet/opening-hours/change-opening-hours.ts";
import { NO_OPENING_HOURS } from "../../fleet/opening-hours/opening-hours.ts";
import { changeRestaurantNote, findRestaurantNote } from "../../restaurants/notes.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import { removeUnusedTags, replaceTags, setTags } from "../../restaurants/tags.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { addOrganization, addPosServer, reconnectPosServer } from "../registry/registry.ts";
import type { MatchedRow } from "./match-row.ts";
import { type ImportPlan, type PlannedImportRow, type PlannedWrite, planImport } from "./plan-import.ts";

/** Written before other requests get their turn. */
const WRITES_PER_TURN = 20;

export interface AppliedImport {
  createdOrganizations: number;
  createdPosServers: number;
  changedPosServers: number;
}

/** Nothing was saved: a row is refused, or the registry has changed since the plan was shown. */
export class ImportNotAppliedError extends Error {
  readonly plan: ImportPlan;

  constructor(plan: ImportPlan) {
    super("the import was not applied: look at its new plan");
    this.name = "ImportNotAppliedError";
    this.plan = plan;
  }
}

/** Applies an import, and records it. @throws ImportNotAppliedError with a new plan to show */
export async function carryOutImport(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  plan: ImportPlan,
  now: number,
): Promise<AppliedImport> {
  return await db.transaction().execute(async (trx) => {
    const applied = await applyImport(trx, secretBox, actor, plan, now);
    const { createdPosServers: created, changedPosServers: changed, createdOrganizations } = applied;
    const values = { created, changed, organizations: createdOrganizations };
    const detail = [{ key: "imported", values }] as const;
    await recordEvent(trx, actor, { action: "import", subject: plan.parsed.fileName, detail }, now);
    return applied;
  });
}

/** All or nothing, after planning again inside the transaction. @throws ImportNotAppliedError with a new plan to show */
export async function applyImport(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  shownPlan: ImportPlan,
  now: number,
): Promise<AppliedImport> {
  return await inTransaction(db, async (trx) => {
    const plan = await planImport(trx, secretBox, shownPlan.parsed, now);
    if (plan.counts.refuse > 0 || !isDeepStrictEqual(plan.rows, shownPlan.rows)) {
      throw new ImportNotAppliedError(plan);
    }
    await writeAll(trx, secretBox, actor, plan.writes.reveal(), now);
    const { organizations, change } = plan.counts;
    const created = plan.rows.filter(({ action, name }) => action === "create" && name !== "").length;
    return { createdOrganizations: organizations, createdPosServers: created, changedPosServers: change };
  });
}

async function writeAll(
  trx: Db,
  secretBox: SecretBox,
  actor: Actor,
  writes: PlannedWrite[],
  now: number,
): Promise<void> {
  const createdOrganizations = new Map<string, number>();
  for (const [index, { row, match, checked }] of writes.entries()) {
    if (index % WRITES_PER_TURN === 0) await setImmediate();
    const { posServer: registered, connection } = match;
    const posServer = registered ?? (await create(row, match));
    if (!posServer) continue;
    const { id } = posServer;
    if (row.computer)
      await trx.updateTable("posServer").set({ computer: row.computer }).where("id", "=", id).execute();
    if (row.phone) await notePhone(posServer, row.phone);
    if (!registered) {
      if (checked.tags) await setTags(trx, id, checked.tags);
      const openingHours = { ...NO_OPENING_HOURS, ...checked.openingHours };
      if (Object.keys(checked.openingHours).length > 0)
        await writeOpeningHours(trx, { posServerId: id }, openingHours);
      continue;
    }
    if (connection && row.changes.length > 0) await reconnectPosServer(trx, secretBox, id, connection);
    if (checked.tags && row.tagChange) await replaceTags(trx, actor, registered, checked.tags, now);
    if (row.hoursChange) {
      const openingHours = { ...registered.openingHours, ...row.hoursChange };
      await replaceOpeningHours(trx, actor, { ...posServer, owner: { posServerId: id } }, openingHours, now);
    }
  }
  await removeUnusedTags(trx);
  await queueAllIncidents(trx);

  async function notePhone(of: NamedPosServer, phone: string): Promise<void> {
    const before = await findRestaurantNote(trx, of.id);
    const note = { person: before?.person ?? null, text: before?.text ?? null, phone };
    await changeRestaurantNote(trx, actor, of, { note, seenAt: before?.changedAt ?? null }, now);
  }

  /** @returns null for an organization alone. */
  async function create(row: PlannedImportRow, { organization, connection }: MatchedRow) {
    const { crmId, name } = row;
    const organizationId =
      organization?.id ??
      createdOrganizations.get(crmId) ??
      (await addOrganization(trx, { name: row.organization, crmId }, now));
    createdOrganizations.set(crmId, organizationId);
    if (name === "" || !connection) return null;
    const posServer = { organizationId, name, ...connection, pollIntervalMs: null, isParked: false };
    return { id: await addPosServer(trx, secretBox, posServer, now), name, organizationId };
  }
}
