import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Actor, NamedPosServer } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { replaceOpeningHours, writeOpeningHours } from "../../fleet/opening-hours/change-opening-hours.ts";
import { changeRestaurantNote, findRestaurantNote } from "../../restaurants/notes.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import { removeUnusedTags, replaceTags, setTags } from "../../restaurants/tags.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { addOrganization, addPosServer, reconnectPosServer } from "../registry/registry.ts";
import { type ImportPlan, type PlannedWrite, planImport } from "./plan-import.ts";

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
  for (const [index, write] of writes.entries()) {
    if (index % WRITES_PER_TURN === 0) await setImmediate();
    const { posServer } = write;
    if (posServer === null) {
      const created = await create(write);
      if (created === null) continue;
      const { id } = created;
      if (write.phone) await notePhone(created, write.phone);
      if (write.tags) await setTags(trx, id, write.tags);
      if (write.openingHours) await writeOpeningHours(trx, { posServerId: id }, write.openingHours);
      continue;
    }
    if (write.isReconnected) await reconnectPosServer(trx, secretBox, posServer.id, write.connection);
    if (write.computer) await setComputer(posServer.id, write.computer);
    if (write.phone) await notePhone(posServer, write.phone);
    if (write.tags) await replaceTags(trx, actor, posServer, write.tags, now);
    if (write.openingHours) {
      const named = { ...posServer, owner: { posServerId: posServer.id } };
      await replaceOpeningHours(trx, actor, named, write.openingHours, now);
    }
  }
  await removeUnusedTags(trx);
  await queueAllIncidents(trx);

  async function setComputer(id: number, computer: string): Promise<void> {
    await trx.updateTable("posServer").set({ computer }).where("id", "=", id).execute();
  }

  async function notePhone(of: NamedPosServer, phone: string): Promise<void> {
    const before = await findRestaurantNote(trx, of.id);
    const note = { person: before?.person ?? null, text: before?.text ?? null, phone };
    await changeRestaurantNote(trx, actor, of, { note, seenAt: before?.changedAt ?? null }, now);
  }

  /** @returns null for an organization alone. */
  async function create({ crmId, name, connection, ...write }: PlannedWrite): Promise<NamedPosServer | null> {
    const organizationId =
      write.organizationId ??
      createdOrganizations.get(crmId) ??
      (await addOrganization(trx, { name: write.organization, crmId }, now));
    createdOrganizations.set(crmId, organizationId);
    if (name === "") return null;
    const posServer = { organizationId, name, ...connection, pollIntervalMs: null, isParked: false };
    const id = await addPosServer(trx, secretBox, posServer, now);
    if (write.computer) await setComputer(id, write.computer);
    return { id, name, organizationId };
  }
}
