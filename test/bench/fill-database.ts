import { join } from "node:path";
import type { Insertable } from "kysely";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import type { PosServerTable } from "../../src/monitor/database/tables/registry-tables.ts";
import type { PosStatusTable } from "../../src/monitor/database/tables/status-tables.ts";
import { searchText, sortText } from "../../src/monitor/database/text.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import type { PosServerState } from "../../src/monitor/fleet/state.ts";
import { nextStatus } from "../../src/monitor/polling/next-status.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import type { NewOrganization } from "../../src/monitor/registry/registry.ts";
import { copyRegistry } from "../../src/monitor/restaurants/copy-registry.ts";
import { queueTroubleChanges } from "../../src/monitor/restaurants/queue-changes.ts";
import { openSecretBox } from "../../src/monitor/secrets/secret-box.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { neverPolled, RULES } from "../helpers/statuses.ts";

const BATCH_ROWS = 500;
const RULES_OF_CHAIN = { ...RULES, requiredVersion: "34.2" };

export interface FilledPosServer {
  /** Position in the list of organizations. */
  organization: number;
  name: string;
  /** null = its agent dials in. */
  address: string | null;
  token: string;
  fingerprint?: string;
  identity: string;
  isParked?: boolean;
  /** As in the settings unless told. */
  pollIntervalMs?: number | undefined;
  /** Its polls so far, oldest first: they decide its status. */
  outcomes: StatusOutcome[];
}

/**
 * Makes the database of a data folder with these organizations (ids from 1) and POS servers, as if the monitor had
 * polled them; it is many times faster than the registry and leaves out the history of transitions.
 */
export async function fillDatabase(
  dataDir: string,
  organizations: readonly NewOrganization[],
  posServers: Iterable<FilledPosServer>,
  now: number,
): Promise<void> {
  await provideDatabase(dataDir);
  const { db } = openDatabase(join(dataDir, DATABASE_FILE));
  const secretBox = openSecretBox(dataDir);
  const named = organizations.map((one) => ({ ...one, nameSort: sortText(one.name), createdAt: now }));
  const rows = [...posServers].map((posServer, index) => {
    const id = index + 1;
    const { name, address, fingerprint = null, identity, pollIntervalMs = null } = posServer;
    const registered: Insertable<PosServerTable> = {
      id,
      organizationId: posServer.organization + 1,
      name,
      nameSort: sortText(name),
      searchText: searchText(name, address, organizations[posServer.organization]?.crmId ?? null),
      connection: address === null ? "dial_out" : "direct",
      address,
      sealedToken: secretBox.seal(posServer.token),
      fingerprint,
      identity,
      pollIntervalMs,
      parked: Number(posServer.isParked ?? false),
      createdAt: now,
    };
    return { registered, status: statusAfter(id, posServer.outcomes, now) };
  });

  await db.transaction().execute(async (trx) => {
    await trx.insertInto("organization").values(named).execute();
    for (let at = 0; at < rows.length; at += BATCH_ROWS) {
      const batch = rows.slice(at, at + BATCH_ROWS);
      const registered = batch.map(({ registered }) => registered);
      const statuses = batch.map(({ status }) => status);
      const changes = statuses.flatMap((status) => historyOf(status, now));
      await trx.insertInto("posServer").values(registered).execute();
      await trx.insertInto("posStatus").values(statuses).execute();
      await trx.insertInto("stateChange").values(changes).execute();
    }
    await copyRegistry(trx, trx.selectFrom("posServer").select("id"));
    const failing = trx.selectFrom("posStatus").select("posServerId").where("problemSince", "is not", null);
    await queueTroubleChanges(trx, failing);
  });
  await keepIncidents(db, now);
  await db.destroy();
}

function statusAfter(id: number, outcomes: StatusOutcome[], now: number): Insertable<PosStatusTable> {
  const before = { ...neverPolled(), posServerId: id, stateSince: now };
  return outcomes.reduce((status, outcome) => nextStatus(status, outcome, RULES_OF_CHAIN).status, before);
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
