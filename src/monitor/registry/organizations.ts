import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { searchText, sortText } from "../database/text.ts";
import { inTransaction } from "../database/transaction.ts";
import { PROBLEM_STATES } from "../fleet/state.ts";
import { readId } from "../forms/fields.ts";
import { copyRegistry } from "../restaurants/copy-registry.ts";
import { queueTroubleChanges } from "../restaurants/queue-changes.ts";
import type { NewOrganization } from "./registry.ts";

/** `archivedAt` in ms UTC; null = its POS servers are polled and shown. */
export type Organization = NonNullable<Awaited<ReturnType<typeof findOrganization>>>;
export type ActiveOrganization = NonNullable<Awaited<ReturnType<typeof findActiveOrganization>>>;
export type ListedOrganization = Awaited<ReturnType<typeof searchOrganizations>>[number];

/** Those whose name or CrmId contains the text, by name, with the numbers of their POS servers. */
export async function searchOrganizations(
  db: Db,
  { search, isArchived }: { search: string; isArchived: boolean },
) {
  const rows = await selectOrganizations(db)
    .where("archivedAt", isArchived ? "is not" : "is", null)
    .orderBy("nameSort")
    .orderBy("id")
    .execute();
  const wanted = searchText(search);
  const found = rows.filter(({ name, crmId }) => searchText(name, crmId).includes(wanted));

  const counts = await db.selectFrom("stateCount").selectAll().execute();
  const countsOf = Map.groupBy(counts, (count) => count.organizationId);
  return found.map((organization) => {
    const own = countsOf.get(organization.id) ?? [];
    const sum = (rows: typeof own) => rows.reduce((total, { posServers }) => total + posServers, 0);
    const count = (states: readonly string[]) => sum(own.filter(({ state }) => states.includes(state)));
    return {
      ...organization,
      posServers: sum(own),
      parked: count(["parked"]),
      problems: count(PROBLEM_STATES),
      pending: count(["pending"]),
    };
  });
}

/** How many of its POS servers have a problem, from the kept counts. */
export async function countProblemsOf(db: Db, organizationId: number): Promise<number> {
  const { posServers } = await selectCountOf(db, organizationId)
    .where("state", "in", PROBLEM_STATES)
    .executeTakeFirstOrThrow();
  return posServers ?? 0;
}

export async function countPosServersOf(db: Db, organizationId: number): Promise<number> {
  const { posServers } = await selectCountOf(db, organizationId).executeTakeFirstOrThrow();
  return posServers ?? 0;
}

function selectCountOf(db: Db, organizationId: number) {
  return db
    .selectFrom("stateCount")
    .select(({ fn }) => fn.sum<number | null>("posServers").as("posServers"))
    .where("organizationId", "=", organizationId);
}

export async function countArchivedOrganizations(db: Db): Promise<number> {
  return await countRows(db.selectFrom("organization").where("archivedAt", "is not", null));
}

export async function findOrganization(db: Db, idText: string) {
  const id = readId(idText);
  if (id === null) return null;
  return (await selectOrganizations(db).where("id", "=", id).executeTakeFirst()) ?? null;
}

/** Changes name and CrmId; the search finds its POS servers by the new CrmId. */
export async function changeOrganization(
  db: Db,
  id: number,
  { name, crmId }: NewOrganization,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx
      .updateTable("organization")
      .set({ name, nameSort: sortText(name), crmId })
      .where("id", "=", id)
      .execute();
    const posServers = trx.selectFrom("posServer").where("organizationId", "=", id);
    for (const posServer of await posServers.select(["id", "name", "address"]).execute()) {
      await trx
        .updateTable("posServer")
        .set({ searchText: searchText(posServer.name, posServer.address, crmId) })
        .where("id", "=", posServer.id)
        .execute();
    }
    await copyRegistry(trx, posServers.select("id"));
  });
}

/** @param archivedAt ms UTC; null = restores it. */
export async function setArchived(db: Db, id: number, archivedAt: number | null): Promise<void> {
  await inTransaction(db, async (trx) => {
    await trx.updateTable("organization").set({ archivedAt }).where("id", "=", id).execute();
    const posServers = trx.selectFrom("posServer").select("id").where("organizationId", "=", id);
    await copyRegistry(trx, posServers);
    await queueTroubleChanges(trx, posServers);
  });
}

function selectOrganizations(db: Db) {
  return db.selectFrom("organization").select(["id", "name", "crmId", "archivedAt"]);
}

/** null when there is none, or it is archived. */
export async function findActiveOrganization(db: Db, by: { id: number } | { crmId: string }) {
  const row = await db
    .selectFrom("organization")
    .select(["id", "name", "crmId"])
    .where("archivedAt", "is", null)
    .where((eb) => ("id" in by ? eb("id", "=", by.id) : eb("crmId", "=", by.crmId)))
    .executeTakeFirst();
  return row ?? null;
}
