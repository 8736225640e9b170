import { recordEvent } from "../../audit-log/record-event.ts";
import { hasRow } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { readSettings, SETTING_BOUNDS } from "../../installation/settings.ts";
import { actorOf, subjectOf } from "../../requests/request-columns.ts";
import { MAX_DRIFT_MS } from "../../requests/waiting.ts";
import {
  exchangeAfter,
  type FollowedStatus,
  restoredParts,
  runningSince,
} from "../commands/restored-exchange.ts";
import { type FoundStart, listAwaitedStarts } from "./find-service-starts.ts";

/** No active POS server is polled less often. */
const UNPOLLED_FOR_MS = 2 * SETTING_BOUNDS.pollIntervalMs.maximum;

const UNKNOWN: DecidedExchange = { exchange: null, syncedAt: null };

/**
 * Notes for each start that awaits an exchange what polls have shown by `now` (ms UTC).
 * @throws AggregateError in the end, for those that could not be noted.
 */
export async function noteRestoredExchanges(db: Db, now: number): Promise<void> {
  const awaited = await listAwaitedStarts(db);
  if (awaited.length === 0) return;
  const { resetSyncTimeoutMs } = await readSettings(db);
  const errors: unknown[] = [];
  for (const start of awaited) {
    await noteExchange(db, start, resetSyncTimeoutMs, now).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    throw new AggregateError(
      errors,
      `The exchange after ${errors.length} starts was not noted: ${errors[0]}`,
    );
  }
}

async function noteExchange(db: Db, start: FoundStart, patienceMs: number, now: number): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { id, finishedAt: knownAt } = start;
    if (knownAt === null) return;
    const polled = await trx
      .selectFrom("posStatus")
      .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
      .select(["posStatus.state", "lastPollAt", "lastUpdateAt"])
      .select(["lastSyncAt", "serviceStartedAt", "standing"])
      .where("posServerId", "=", start.posServerId)
      .executeTakeFirstOrThrow();
    const commandedAt = start.startedAt ?? start.requestedAt;
    const isOver =
      polled.standing !== "active" || (await hasLaterCommand(trx, id, start.posServerId, commandedAt));
    const awaited: AwaitedStart = { commandedAt, knownAt, patienceMs, isOver };
    const decided = decideExchange(awaited, polled, now);
    if (decided === "awaited") return;
    const { exchange, syncedAt } = decided;
    const run = { commandedAt, knownAt, reportedAt: polled.serviceStartedAt };
    const runsAt = syncedAt === null ? null : runningSince(run, syncedAt);
    const { numUpdatedRows } = await trx
      .updateTable("serviceStart")
      .set({ exchange, syncedAt, runsAt })
      .where("id", "=", id)
      .where("exchange", "=", "awaited")
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return;
    if (syncedAt === null || runsAt === null) return;
    const detail = restoredParts(runsAt, syncedAt);
    const event = { action: "service_start_exchange", ...subjectOf(start), detail } as const;
    await recordEvent(trx, actorOf(start), event, now);
  });
}

/** The exchange may be due to a later command. */
async function hasLaterCommand(trx: Db, id: number, posServerId: number, commandedAt: number) {
  const start = trx
    .selectFrom("serviceStart")
    .where("posServerId", "=", posServerId)
    .where("id", ">", id)
    .where("startedAt", "is not", null);
  const reset = trx
    .selectFrom("databaseReset")
    .where("posServerId", "=", posServerId)
    .where("begunAt", ">=", commandedAt);
  return (await hasRow(start)) || (await hasRow(reset));
}

interface AwaitedStart {
  /** When the command was sent. */
  commandedAt: number;
  /** When its service was known to run. */
  knownAt: number;
  patienceMs: number;
  isOver: boolean;
}

type PolledStatus = FollowedStatus & { lastPollAt: number | null };

/** `exchange` null: unknown. */
type DecidedExchange =
  | "awaited"
  | { exchange: "restored"; syncedAt: number }
  | { exchange: "late" | null; syncedAt: null };

/** A late exchange proves nothing: an earlier one may have been missed. */
function decideExchange(start: AwaitedStart, polled: PolledStatus, now: number): DecidedExchange {
  const { commandedAt, knownAt, patienceMs, isOver } = start;
  // After the clock was set back, times cannot be compared.
  if (isOver || knownAt - now > MAX_DRIFT_MS) return UNKNOWN;
  const until = knownAt + patienceMs;
  const syncedAt = exchangeAfter(polled, commandedAt);
  if (syncedAt !== null) return syncedAt <= until ? { exchange: "restored", syncedAt } : UNKNOWN;
  const isPolledSince = polled.lastPollAt !== null && polled.lastPollAt >= until;
  if (isPolledSince) return { exchange: "late", syncedAt: null };
  return now >= until + UNPOLLED_FOR_MS ? UNKNOWN : "awaited";
}
