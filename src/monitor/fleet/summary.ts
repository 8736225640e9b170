import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { isShownTo, isVisibleTo, type OrganizationAccess } from "../viewer/access.ts";
import type { CommonFailure } from "./common-failure.ts";
import type { PosServerState } from "./state.ts";

export type StateCounts = Partial<Record<PosServerState | "parked", number>>;

/** Counts each state over everything that may be seen; the counts are kept, not scanned for. */
export async function countStates(db: Kysely<Database>, access: OrganizationAccess): Promise<StateCounts> {
  const rows = await db
    .selectFrom("state_count")
    .innerJoin("organization", "organization.id", "state_count.organization_id")
    .select(["state", ({ fn }) => fn.sum<number>("pos_servers").as("posServers")])
    .where("organization.archived_at", "is", null)
    .where(isVisibleTo(access, "organization_id"))
    .groupBy("state")
    .execute();
  return Object.fromEntries(rows.map(({ state, posServers }) => [state, posServers]));
}

/** Counts the whole fleet: parked ones and archived organizations aside. */
export async function countFleet(db: Kysely<Database>): Promise<number> {
  const { posServers } = await db
    .selectFrom("state_count")
    .innerJoin("organization", "organization.id", "state_count.organization_id")
    .select(({ fn }) => fn.sum<number>("pos_servers").as("posServers"))
    .where("state", "!=", "parked")
    .where("organization.archived_at", "is", null)
    .executeTakeFirstOrThrow();
  return posServers ?? 0;
}

export interface OwnCommonFailure extends CommonFailure {
  posServers: number;
  organizations: number;
  /** The text of one of them, as it was reported. */
  example: string;
  isPollFailure: boolean;
}

/** How many of the POS servers that may be seen have a common failure; null when none has. */
export async function describeCommonFailure(
  db: Kysely<Database>,
  access: OrganizationAccess,
  failure: CommonFailure,
): Promise<OwnCommonFailure | null> {
  const affected = db
    .selectFrom("pos_status")
    .where("cause_key", "=", failure.causeKey)
    .where("standing", "=", "active")
    .where(isVisibleTo(access, "organization_id"));
  const { posServers, organizations } = await affected
    .select(({ fn }) => [
      fn.countAll<number>().as("posServers"),
      fn.count<number>("organization_id").distinct().as("organizations"),
    ])
    .executeTakeFirstOrThrow();
  const example = await affected
    .select(["state", "sync_error", "failure_detail"])
    .orderBy("cause_since")
    .limit(1)
    .executeTakeFirst();
  if (!example) return null;
  const isPollFailure = example.state === "unreachable";
  return {
    ...failure,
    posServers,
    organizations,
    example: (isPollFailure ? example.failure_detail : example.sync_error) ?? "",
    isPollFailure,
  };
}

/** The organizations that may be seen, by name: for the filter. */
export async function listOrganizations(db: Kysely<Database>, access: OrganizationAccess) {
  return await db
    .selectFrom("organization")
    .select(["id", "name", "crm_id as crmId"])
    .where(isShownTo(access))
    .orderBy("name_sort")
    .orderBy("id")
    .execute();
}
