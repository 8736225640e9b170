import { join } from "node:path";
import type { Insertable } from "kysely";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { migrateDatabase } from "../../src/monitor/database/migrate.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import type { PosServerTable } from "../../src/monitor/database/tables/registry-tables.ts";
import type { PosStatusTable } from "../../src/monitor/database/tables/status-tables.ts";
import { searchText, sortText } from "../../src/monitor/database/text.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import type { PosServerState, StateRules } from "../../src/monitor/fleet/state.ts";
import { nextStatus } from "../../src/monitor/polling/next-status.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { copyRegistry } from "../../src/monitor/restaurants/copy-registry.ts";
import { queueTroubleChanges } from "../../src/monitor/restaurants/queue-changes.ts";
import { openSecretBox } from "../../src/monitor/secrets/secret-box.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { neverPolled } from "../helpers/statuses.ts";

const BATCH_ROWS = 500;
const RULES: StateRules = {
  minimumVersion: "34",
  requiredVersion: "34.2",
  staleAfterMs: 10 * 60_000,
  unreachableAfterPolls: 2,
};

export interface FilledOrganization {
  name: string;
  crmId: string;
}

export interface FilledPosServer {
  /** Position in the list of organizations. */
  organization: number;
  name: string;
  /** null = its agent dials in. */
  address: string | null;
  token: string;
  fingerprint: string | null;
  identity: string | null;
  isParked: boolean;
  /** As in the settings unless told. */
  pollIntervalMs?: number;
  /** Its polls so far, oldest first: they decide its status. */
  outcomes: StatusOutcome[];
}

/**
 * Makes the database of a data folder with these organizations (ids from 1) and POS servers, as if the monitor had
 * polled them; it is many times faster than the registry and leaves out the history of transitions.
 */
export async function fillDatabase(
  dataDir: string,
  organizations: readonly FilledOrganization[],
  posServers: Iterable<FilledPosServer>,
  now: number,
): Promise<void> {
  const database = openDatabase(join(dataDir, DATABASE_FILE));
  await migrateDatabase(database);
  const secretBox = openSecretBox(dataDir);
  const rows = [...posServers].map((posServer, index) => {
    const crmId = organizations[posServer.organization]?.crmId ?? null;
    const registered: Insertable<PosServerTable> = {
      id: index + 1,
      organizationId: posServer.organization + 1,
      name: posServer.name,
      nameSort: sortText(posServer.name),
      searchText: searchText(posServer.name, posServer.address, crmId),
      connection: posServer.address === null ? "dial_out" : "direct",
      address: posServer.address,
      sealedToken: secretBox.seal(posServer.token),
      fingerprint: posServer.fingerprint,
      identity: posServer.identity,
      pollIntervalMs: posServer.pollIntervalMs ?? null,
      parked: Number(posServer.isParked),
      createdAt: now,
    };
    return { registered, status: statusAfter(index + 1, posServer.outcomes, now) };
  });

  await database.db.transaction().execute(async (trx) => {
    const named = organizations.map(({ name, crmId }) => ({
      name,
      nameSort: sortText(name),
      crmId,
      archivedAt: null,
      createdAt: now,
    }));
    for (const batch of batches(named)) await trx.insertInto("organization").values(batch).execute();
    for (const batch of batches(rows)) {
      await trx
        .insertInto("posServer")
        .values(batch.map(({ registered }) => registered))
        .execute();
      await trx
        .insertInto("posStatus")
        .values(batch.map(({ status }) => status))
        .execute();
      await trx
        .insertInto("stateChange")
        .values(batch.flatMap(({ status }) => historyOf(status, now)))
        .execute();
    }
    await copyRegistry(trx, trx.selectFrom("posServer").select("id"));
    const failing = trx.selectFrom("posStatus").select("posServerId").where("problemSince", "is not", null);
    await queueTroubleChanges(trx, failing);
  });
  await keepIncidents(database.db, now);
  await database.db.destroy();
}

function statusAfter(id: number, outcomes: StatusOutcome[], now: number): Insertable<PosStatusTable> {
  return outcomes.reduce((status, outcome) => nextStatus(status, outcome, RULES).status, {
    ...neverPolled(),
    posServerId: id,
    stateSince: now,
  });
}

/** Healthy for two days, but for an hour of every hundredth, until the state of today began. */
function historyOf({ posServerId, state, stateSince }: Insertable<PosStatusTable>, now: number) {
  const change = (at: number, state: PosServerState) => ({ posServerId, at, state });
  const hadTrouble = posServerId % 100 === 0;
  return [
    change(now - 48 * HOUR_MS, "synced"),
    ...(hadTrouble ? [change(now - 10 * HOUR_MS, "sync_error"), change(now - 9 * HOUR_MS, "synced")] : []),
    change(Math.max(stateSince, now - 8 * HOUR_MS), state),
  ];
}

function batches<T>(rows: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH_ROWS) }, (_, index) =>
    rows.slice(index * BATCH_ROWS, (index + 1) * BATCH_ROWS),
  );
}
