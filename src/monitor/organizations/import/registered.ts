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
  timeZone: string | null;
}

export interface KnownPosServer extends PosServerConnection {
  id: number;
  name: string;
  organizationId: number;
  tags: string[];
  openingHours: OpeningHours;
}

export interface IdentityOwner {
  posServerId: number;
  name: string;
  organization: string;
}

/** What the registry says about the CrmIds and identities of a file. */
export interface Registered {
  organizations: Map<string, KnownOrganization>;
  /** By `posServerKey`; several when names differ in letter case only. */
  posServers: Map<string, KnownPosServer[]>;
  identities: Map<string, IdentityOwner>;
}

/** Looks up what is registered under these CrmIds and identities. */
export async function loadRegistered(
  db: Db,
  secretBox: SecretBox,
  crmIds: string[],
  identities: string[],
): Promise<Registered> {
  return {
    organizations: await loadOrganizations(db, crmIds),
    posServers: await loadPosServers(db, secretBox, crmIds),
    identities: await loadIdentities(db, identities),
  };
}

async function loadOrganizations(db: Db, crmIds: string[]) {
  const rows = await db
    .selectFrom("organization")
    .leftJoin("opening_hours", "opening_hours.organization_id", "organization.id")
    .select(["organization.id", "name", "crm_id", "archived_at", "time_zone as timeZone"])
    .where("crm_id", "in", crmIds)
    .execute();
  return new Map(
    rows.map(({ id, name, crm_id, archived_at, timeZone }) => [
      crm_id,
      { id, name, isArchived: archived_at !== null, timeZone },
    ]),
  );
}

async function loadPosServers(db: Db, secretBox: SecretBox, crmIds: string[]) {
  const rows = await db
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select([
      "pos_server.id",
      "pos_server.name",
      "pos_server.organization_id as organizationId",
      "organization.crm_id",
    ])
    .select(["connection", "address", "sealed_token", "fingerprint", "identity"])
    .leftJoin("opening_hours", "opening_hours.pos_server_id", "pos_server.id")
    .select(["time_zone", "hours", "works"])
    .where("organization.crm_id", "in", crmIds)
    .execute();
  const tags = await loadTags(db, crmIds);
  const posServers = await inTurns(
    rows,
    ({ sealed_token, crm_id, time_zone, hours, works, ...posServer }) => ({
      key: posServerKey(crm_id, posServer.name),
      posServer: {
        ...posServer,
        token: readableToken(secretBox, sealed_token),
        tags: tags.get(posServer.id)?.map(({ name }) => name) ?? [],
        openingHours: readStored(works === null ? undefined : { time_zone, hours, works }),
      },
    }),
  );
  const byKey = new Map<string, KnownPosServer[]>();
  for (const { key, posServer } of posServers) byKey.set(key, [...(byKey.get(key) ?? []), posServer]);
  return byKey;
}

async function loadTags(db: Db, crmIds: string[]) {
  const rows = await db
    .selectFrom("pos_server_tag")
    .innerJoin("tag", "tag.id", "pos_server_tag.tag_id")
    .innerJoin("pos_server", "pos_server.id", "pos_server_tag.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "tag.name"])
    .where("organization.crm_id", "in", crmIds)
    .execute();
  return Map.groupBy(rows, ({ id }) => id);
}

async function loadIdentities(db: Db, identities: string[]) {
  const rows = await db
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "pos_server.name", "pos_server.identity", "organization.name as organization"])
    .where("identity", "in", identities)
    .execute();
  return new Map(
    rows.map(({ id, name, identity, organization }) => [
      identity ?? "",
      { posServerId: id, name, organization },
    ]),
  );
}
