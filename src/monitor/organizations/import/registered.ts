import type { Db } from "../../database/schema.ts";
import { type OpeningHours, readStored } from "../../fleet/opening-hours/opening-hours.ts";
import { readableToken } from "../../restaurants/open-token.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { PosServerConnection } from "../registry/registry.ts";
import { posServerKey } from "./check-row.ts";
import { inTurns } from "./in-turns.ts";

export interface KnownOrganization {
  id: number;
  name: string;
  isArchived: boolean;
  openingHours: OpeningHours;
}

export interface KnownPosServer extends PosServerConnection {
  id: number;
  name: string;
  organizationId: number;
  computer: string | null;
  phone: string | null;
  tags: string[];
  openingHours: OpeningHours;
}

export interface Registered {
  organizations: Map<string, KnownOrganization>;
  /** By `posServerKey`; several when names differ in letter case only. */
  posServers: Map<string, KnownPosServer[]>;
  byRowKey: Map<string, KnownPosServer>;
  identities: Map<string, { posServerId: number; name: string; organization: string }>;
}

/** Names a POS server in a file, so that it can be renamed there; tells it from those of another installation. */
export function rowKey({ id, createdAt }: { id: number; createdAt: number }): string {
  return `P${id}-${createdAt.toString(36)}`;
}

export async function loadRegistered(
  db: Db,
  secretBox: SecretBox,
  crmIds: string[],
  identities: string[],
): Promise<Registered> {
  return {
    organizations: await loadOrganizations(db, crmIds),
    ...(await loadPosServers(db, secretBox, crmIds)),
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
        openingHours: readStored(works === null ? undefined : { timeZone, hours, works }),
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
  const posServers = await inTurns(
    rows,
    ({ sealedToken, crmId, timeZone, hours, works, createdAt, ...posServer }) => ({
      rowKey: rowKey({ id: posServer.id, createdAt }),
      key: posServerKey(crmId, posServer.name),
      posServer: {
        ...posServer,
        token: readableToken(secretBox, sealedToken),
        tags: tags.get(posServer.id)?.map(({ name }) => name) ?? [],
        openingHours: readStored(works === null ? undefined : { timeZone, hours, works }),
      },
    }),
  );
  const byKey = new Map<string, KnownPosServer[]>();
  for (const { key, posServer } of posServers) byKey.set(key, [...(byKey.get(key) ?? []), posServer]);
  const byRowKey = new Map(posServers.map(({ rowKey, posServer }) => [rowKey, posServer]));
  return { posServers: byKey, byRowKey };
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
    .select(["posServer.id", "posServer.name", "posServer.identity", "organization.name as organization"])
    .where("identity", "in", identities)
    .execute();
  return new Map(
    rows.map(({ id, name, identity, organization }) => [
      identity ?? "",
      { posServerId: id, name, organization },
    ]),
  );
}
