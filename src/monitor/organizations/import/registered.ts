import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readableToken } from "../../fleet/open-token.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { PosServerConnection } from "../registry/registry.ts";
import { posServerKey } from "./check-row.ts";
import { inTurns } from "./in-turns.ts";

export interface KnownOrganization {
  id: number;
  name: string;
  isArchived: boolean;
}

export interface KnownPosServer extends PosServerConnection {
  id: number;
  name: string;
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
  db: Kysely<Database>,
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

async function loadOrganizations(db: Kysely<Database>, crmIds: string[]) {
  const rows = await db
    .selectFrom("organization")
    .select(["id", "name", "crm_id", "archived_at"])
    .where("crm_id", "in", crmIds)
    .execute();
  return new Map(
    rows.map(({ id, name, crm_id, archived_at }) => [crm_id, { id, name, isArchived: archived_at !== null }]),
  );
}

async function loadPosServers(db: Kysely<Database>, secretBox: SecretBox, crmIds: string[]) {
  const rows = await db
    .selectFrom("pos_server")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(["pos_server.id", "pos_server.name", "organization.crm_id"])
    .select(["connection", "address", "sealed_token", "fingerprint", "identity"])
    .where("organization.crm_id", "in", crmIds)
    .execute();
  const posServers = await inTurns(rows, ({ sealed_token, crm_id, ...posServer }) => ({
    key: posServerKey(crm_id, posServer.name),
    posServer: { ...posServer, token: readableToken(secretBox, sealed_token) },
  }));
  const byKey = new Map<string, KnownPosServer[]>();
  for (const { key, posServer } of posServers) byKey.set(key, [...(byKey.get(key) ?? []), posServer]);
  return byKey;
}

async function loadIdentities(db: Kysely<Database>, identities: string[]) {
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
