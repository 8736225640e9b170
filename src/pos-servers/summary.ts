import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { OrganizationAccess } from "./access.ts";
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
    .$if(access !== "all", (query) => query.where("organization_id", "in", access === "all" ? [] : access))
    .groupBy("state")
    .execute();
  return Object.fromEntries(rows.map(({ state, posServers }) => [state, posServers]));
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
  const row = await db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .innerJoin("organization", "organization.id", "pos_server.organization_id")
    .select(({ fn }) => [
      fn.countAll<number>().as("posServers"),
      fn.count<number>("pos_server.organization_id").distinct().as("organizations"),
      fn.min<string | null>("pos_status.sync_error").as("syncError"),
      fn.min<string | null>("pos_status.failure_detail").as("failureDetail"),
      fn.min<PosServerState>("pos_status.state").as("state"),
    ])
    .where("pos_status.cause_key", "=", failure.causeKey)
    .where("pos_server.parked", "=", 0)
    .where("organization.archived_at", "is", null)
    .$if(access !== "all", (query) =>
      query.where("pos_server.organization_id", "in", access === "all" ? [] : access),
    )
    .executeTakeFirstOrThrow();
  if (row.posServers === 0) return null;
  const isPollFailure = row.state === "unreachable";
  return {
    ...failure,
    posServers: row.posServers,
    organizations: row.organizations,
    example: (isPollFailure ? row.failureDetail : row.syncError) ?? "",
    isPollFailure,
  };
}

/** The organizations that may be seen, by name: for the filter. */
export async function listOrganizations(db: Kysely<Database>, access: OrganizationAccess) {
  return await db
    .selectFrom("organization")
    .select(["id", "name", "crm_id as crmId"])
    .where("archived_at", "is", null)
    .$if(access !== "all", (query) => query.where("id", "in", access === "all" ? [] : access))
    .orderBy("name_sort")
    .orderBy("id")
    .execute();
}
