import { randomUUID } from "node:crypto";
import type { AuditDetail } from "../../audit-log/detail.ts";
import {
  type Actor,
  aboutPosServer,
  type NamedPosServer,
  recordEvent,
} from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { isHeldBack } from "../../installation/restored-copy.ts";
import { readSettings } from "../../installation/settings.ts";
import { actorColumns } from "../../requests/request-columns.ts";
import { expiryOf, noteWaiting } from "../../requests/waiting.ts";
import { canBeCalled, isUnprotected } from "../../restaurants/pos-server-to-call.ts";
import { findOpenReset } from "./find-database-resets.ts";

interface WantedReset {
  posServer: NamedPosServer;
  confirmation: string;
  /** `posServerId`, as the POS server just reported it. */
  identity: string;
  /** The agent's process, by the report that was shown; null = it does not name itself. */
  agent?: string | null;
  fetchLogs: boolean;
  startService: boolean;
  isAgentAway?: boolean;
}

/** @returns its id; null when the POS server already has an open one. */
export async function requestDatabaseReset(
  db: Db,
  actor: Actor,
  { posServer, confirmation, identity, agent = null, fetchLogs, startService, isAgentAway }: WantedReset,
  now: number,
): Promise<number | null> {
  const step = fetchLogs ? "fetching_logs" : "resetting";
  return await db.transaction().execute(async (trx) => {
    const expiresAt = await expiryOf(trx, "databaseReset", posServer.id, now);
    const inserted = await trx
      .insertInto("databaseReset")
      .values({
        posServerId: posServer.id,
        idempotencyKey: randomUUID(),
        requestedAt: now,
        ...actorColumns(actor),
        confirmation,
        identity,
        agentMachine: agent,
        fetchLogs: Number(fetchLogs),
        startService: Number(startService),
        step,
        stepAt: now,
        expiresAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .executeTakeFirst();
    if (!inserted) return null;
    await trx
      .insertInto("databaseResetStep")
      .values({ databaseResetId: inserted.id, step, at: now })
      .execute();
    const detail: AuditDetail = [
      { key: "crmId", values: { crmId: confirmation } },
      { key: fetchLogs ? "logsFirst" : "noLogs", values: {} },
      { key: startService ? "startAfter" : "noStart", values: {} },
    ];
    await recordEvent(trx, actor, { action: "database_reset", ...aboutPosServer(posServer), detail }, now);
    const reset = isAgentAway ? await findOpenReset(trx, inserted.id) : null;
    if (reset) await noteWaiting(trx, "databaseReset", reset, actor, now);
    return inserted.id;
  });
}

/** What the registry, the last report and the settings say against a reset; null = nothing. */
export async function findObstacle(db: Db, posServerId: number) {
  const { parked, state, ...way } = await db
    .selectFrom("posServer")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["parked", "connection", "address", "state"])
    .where("posServer.id", "=", posServerId)
    .executeTakeFirstOrThrow();
  if (await isHeldBack(db)) return "restored_copy";
  if (parked === 1) return "parked";
  if (!canBeCalled(way)) return "no_address";
  if (state === "unsupported") return "unsupported";
  if (!isUnprotected(way)) return null;
  const { allowUnprotectedResets } = await readSettings(db);
  return allowUnprotectedResets ? null : "unprotected";
}
