import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { describeChanges } from "../../audit-log/detail.ts";
import {
  type Actor,
  aboutPosServer,
  type NamedPosServer,
  recordEvent,
} from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { replaceOpeningHours, writeOpeningHours } from "../../fleet/opening-hours/change-opening-hours.ts";
import { changeOrganization } from "../../registry/organizations.ts";
import { changePosServer, findRegisteredPosServer } from "../../registry/pos-servers.ts";
import { addOrganization, addPosServer, reconnectPosServer } from "../../registry/registry.ts";
import { changeRestaurantNote, findRestaurantNote } from "../../restaurants/notes.ts";
import { queueAllIncidents } from "../../restaurants/queue-changes.ts";
import { removeUnusedTags, replaceTags, setTags } from "../../restaurants/tags.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { MatchedRow } from "./match-row.ts";
import { type ImportPlan, type PlannedImportRow, type PlannedWrite, planImport } from "./plan-import.ts";

/** Written before other requests get their turn. */
const WRITES_PER_TURN = 20;

export interface AppliedImport {
  createdOrganizations: number;
  createdPosServers: number;
  /** POS servers and organizations. */
  changed: number;
}

/**
 * Applies all or nothing, and records it, after planning again inside the transaction.
 * @returns a new plan to show, and saves nothing, when a row is refused or the registry has changed since the plan was shown.
 */
export async function applyImport(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  shownPlan: ImportPlan,
  now: number,
): Promise<AppliedImport | { newPlan: ImportPlan }> {
  return await inTransaction(db, async (trx) => {
    const plan = await planImport(trx, secretBox, shownPlan.parsed, now);
    if (plan.counts.refuse > 0 || !isDeepStrictEqual(plan.rows, shownPlan.rows)) return { newPlan: plan };
    await writeAll(trx, secretBox, actor, plan.writes.reveal(), now);
    const { organizations, change: changed } = plan.counts;
    const created = plan.rows.filter(({ action, name }) => action === "create" && name !== "").length;
    const detail = [{ key: "imported", values: { created, changed, organizations } }] as const;
    await recordEvent(trx, actor, { action: "import", subject: plan.parsed.fileName, detail }, now);
    return { createdOrganizations: organizations, createdPosServers: created, changed };
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
    const { organization, posServer: registered, connection, stored, hoursChange } = match;
    const { organization: renamed, name, computer, phone } = row.edits;
    const organizationId = await findOrCreateOrganization(row, match);
    const isOfPosServer = row.name !== "";
    const id = isOfPosServer ? (registered?.id ?? (await create(organizationId, row, match))) : 0;
    const posServer = { id, name: name?.to ?? row.name, organizationId };
    if (renamed) await changeOrganization(trx, organizationId, { name: renamed.to, crmId: row.crmId });
    if (name) await renamePosServer(id, name.to);
    const rename = renamed ?? name;
    if (rename) {
      const about = renamed ? { subject: renamed.to, organizationId } : aboutPosServer(posServer);
      const action = renamed ? "organization_change" : "pos_server_change";
      const detail = describeChanges({ name: [rename.from, rename.to] });
      await recordEvent(trx, actor, { action, ...about, detail }, now);
    }
    if (computer)
      await trx.updateTable("posServer").set({ computer: computer.to }).where("id", "=", id).execute();
    if (phone) await notePhone(posServer, phone.to);
    if (connection && row.changes.length > 0) await reconnectPosServer(trx, secretBox, id, connection);
    if (checked.tags && row.tagChange) await replaceTags(trx, actor, posServer, checked.tags, now);
    else if (checked.tags && isOfPosServer && !registered) await setTags(trx, id, checked.tags);
    if (!hoursChange) continue;
    const owner = isOfPosServer ? { posServerId: id } : { organizationId };
    const named = { owner, organizationId, name: posServer.name || (renamed?.to ?? match.organizationName) };
    const openingHours = { ...stored, ...hoursChange };
    const isNew = !(isOfPosServer ? registered : organization);
    if (isNew) await writeOpeningHours(trx, owner, openingHours);
    else await replaceOpeningHours(trx, actor, named, openingHours, now);
  }
  await removeUnusedTags(trx);
  await queueAllIncidents(trx);

  async function notePhone(of: NamedPosServer, phone: string | null): Promise<void> {
    const before = await findRestaurantNote(trx, of.id);
    const note = { person: before?.person ?? null, text: before?.text ?? null, phone };
    await changeRestaurantNote(trx, actor, of, { note, seenAt: before?.changedAt ?? null }, now);
  }

  async function renamePosServer(id: number, name: string) {
    const posServer = await findRegisteredPosServer(trx, secretBox, String(id));
    if (posServer) await changePosServer(trx, posServer, { ...posServer, name });
  }

  async function findOrCreateOrganization(
    { crmId, organization: name }: PlannedImportRow,
    match: MatchedRow,
  ) {
    const known = match.organization?.id ?? createdOrganizations.get(crmId);
    const id = known ?? (await addOrganization(trx, { name, crmId }, now));
    createdOrganizations.set(crmId, id);
    return id;
  }

  async function create(organizationId: number, { name }: PlannedImportRow, { connection }: MatchedRow) {
    if (!connection) throw new Error("A planned row has no connection");
    const posServer = { organizationId, name, ...connection, pollIntervalMs: null, isParked: false };
    return await addPosServer(trx, secretBox, posServer, now);
  }
}
