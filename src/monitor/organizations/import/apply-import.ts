import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { replaceOpeningHours, writeOpeningHours } from "../../fleet/opening-hours/change-opening-hours.ts";
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
    const { organizations, create, change } = plan.counts;
    return { createdOrganizations: organizations, createdPosServers: create, changedPosServers: change };
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
      const id = await create(write);
      if (write.tags) await setTags(trx, id, write.tags);
      if (write.openingHours) await writeOpeningHours(trx, { posServerId: id }, write.openingHours);
      continue;
    }
    if (write.isReconnected) await reconnectPosServer(trx, secretBox, posServer.id, write.connection);
    if (write.tags) await replaceTags(trx, actor, posServer, write.tags, now);
    if (write.openingHours) {
      const named = { ...posServer, owner: { posServerId: posServer.id } };
      await replaceOpeningHours(trx, actor, named, write.openingHours, now);
    }
  }
  await removeUnusedTags(trx);
  await queueAllIncidents(trx);

  async function create({ crmId, name, connection, ...write }: PlannedWrite): Promise<number> {
    const organizationId =
      write.organizationId ??
      createdOrganizations.get(crmId) ??
      (await addOrganization(trx, { name: write.organization, crmId }, now));
    createdOrganizations.set(crmId, organizationId);
    const posServer = { organizationId, name, ...connection, pollIntervalMs: null, isParked: false };
    return await addPosServer(trx, secretBox, posServer, now);
  }
}
