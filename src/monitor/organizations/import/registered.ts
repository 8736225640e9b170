import { setImmediate } from "node:timers/promises";
import type { Db } from "../../database/schema.ts";
import { type OpeningHours, readStored, type StoredHours } from "../../fleet/opening-hours/opening-hours.ts";
import { readableToken } from "../../restaurants/pos-server-to-call.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import { posServerKey } from "./check-row.ts";

const ROWS_PER_TURN = 250;

export type KnownOrganization = NonNullable<ReturnType<Registered["organizations"]["get"]>>;
export type KnownPosServer = Awaited<ReturnType<typeof loadPosServers>>[number];

/**
 * `posServers`: by `posServerKey`, several when names differ in letter case only; `byRowKey`: the same ones; `identities`:
 * who has them, wherever.
 */
export type Registered = Awaited<ReturnType<typeof loadRegistered>>;

/** Of a left join. */
export function joinedHours({ works, ...row }: Record<keyof StoredHours, string | null>): OpeningHours {
  return readStored(works === null ? undefined : { ...row, works });
}

/** Names a POS server in a file, so that it can be renamed there; tells it from those of another installation. */
export function rowKey({ id, createdAt }: { id: number; createdAt: number }): string {
  return `P${id}-${createdAt.toString(36)}`;
}

export async function loadRegistered(db: Db, secretBox: SecretBox, crmIds: string[], identities: string[]) {
  const posServers = await loadPosServers(db, secretBox, crmIds);
  return {
    organizations: await loadOrganizations(db, crmIds),
    posServers: Map.groupBy(posServers, ({ key }) => key),
    byRowKey: new Map(posServers.map((posServer) => [posServer.rowKey, posServer])),
    identities: await loadIdentities(db, identities),
  };
}

async function loadOrganizations(db: Db, crmIds: string[]) {
  const rows = await db
    .selectFrom("organization")
    .leftJoin("openingHours", "openingHours.organizationId", "organization.id")
    .select(["organization.id", "name", "crmId", "archivedAt", "timeZone", "hours", "works"])
    .where("crmId", "in", crmIds)
    .execute();
  return new Map(
    rows.map(({ id, name, crmId, archivedAt, timeZone, hours, works }) => [
      crmId,
      {
        id,
        name,
        isArchived: archivedAt !== null,
        openingHours: joinedHours({ timeZone, hours, works }),
      },
    ]),
  );
}

async function loadPosServers(db: Db, secretBox: SecretBox, crmIds: string[]) {
  const rows = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "posServer.organizationId", "organization.crmId"])
    .select("posServer.createdAt")
    .select(["connection", "address", "sealedToken", "fingerprint", "identity", "computer"])
    .leftJoin("restaurantNote", "restaurantNote.posServerId", "posServer.id")
    .select("phone")
    .leftJoin("openingHours", "openingHours.posServerId", "posServer.id")
    .select(["timeZone", "hours", "works"])
    .where("organization.crmId", "in", crmIds)
    .execute();
  const tags = await loadTags(db, crmIds);
  return await inTurns(rows, ({ sealedToken, crmId, timeZone, hours, works, createdAt, ...posServer }) => ({
    ...posServer,
    rowKey: rowKey({ id: posServer.id, createdAt }),
    key: posServerKey(crmId, posServer.name),
    token: readableToken(secretBox, sealedToken),
    tags: tags.get(posServer.id)?.map(({ name }) => name) ?? [],
    openingHours: joinedHours({ timeZone, hours, works }),
  }));
}

async function loadTags(db: Db, crmIds: string[]) {
  const rows = await db
    .selectFrom("posServerTag")
    .innerJoin("tag", "tag.id", "posServerTag.tagId")
    .innerJoin("posServer", "posServer.id", "posServerTag.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "tag.name"])
    .where("organization.crmId", "in", crmIds)
    .execute();
  return Map.groupBy(rows, ({ id }) => id);
}

async function loadIdentities(db: Db, identities: string[]) {
  const rows = await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "identity", "organization.name as organization"])
    .where("identity", "in", identities)
    .execute();
  return new Map(rows.map((row) => [row.identity, row]));
}

/** Maps many rows without blocking the event loop for long. */
export async function inTurns<Row, Result>(rows: Row[], work: (row: Row) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    results.push(work(row));
    if (results.length % ROWS_PER_TURN === 0) await setImmediate();
  }
  return results;
}
