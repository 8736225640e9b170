import { randomUUID } from "node:crypto";
import type { Db } from "../monitor/database/schema.ts";
import { UNTRACED } from "../monitor/fleet/cause-example.ts";
import { beginningColumns, causeColumns } from "../monitor/fleet/incidents/incident-rows.ts";
import { keepCauses } from "../monitor/fleet/kept-causes.ts";
import { isBelow, isProblem, type PosServerState } from "../monitor/fleet/state.ts";
import { beginMonitorRun } from "../monitor/polling/monitor-run.ts";
import { queueTroubleChanges } from "../monitor/restaurants/queue-changes.ts";
import { causeKey } from "../protocol/cause-key.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../protocol/time-units.ts";
import { versionSortKey } from "../protocol/versions.ts";
import { CURRENT_VERSION, type DemoPosServer, type Scenario } from "./chain.ts";
import { wordingOf } from "./log-wording.ts";
import { type Random, seededRandom } from "./random.ts";
import { presentTrouble, type Trouble, troubleAgeMs } from "./troubles.ts";

const HISTORY_MS = 30 * DAY_MS;
const MINIMUM_VERSION = "34";
const MOST_TROUBLES = 9;
const EXCHANGE_TIMEOUT_MS = 30_000;
const TROUBLE_MINUTES = [3, 240] as const;
/** Between the end of one trouble and the start of the next. */
const CALM_MINUTES = [90, 9 * 24 * 60] as const;
/** Their last trouble before the present one was a damaged database: «Так уже было». */
const DAMAGED_BEFORE: readonly Scenario[] = ["damaged_database", "main_server_silent"];
/** Scenarios that have never answered this monitor. */
const UNHEARD: readonly Scenario[] = ["not_opened", "token_changed", "foreign_crm_id", "parked"];
/** For the POS server whose log lies: earlier exchanges left traces in its database. */
const TRACED = { waitMs: 2 * MINUTE_MS, successes: 20 };
const ASKED_BY = { userLogin: "admin", userName: "Анна Иванова", userAddress: "127.0.0.1" };

/** A POS server in the registry. */
interface Registered {
  id: number;
  organizationId: number;
}

type TroubledPosServer = Pick<DemoPosServer, "scenario" | "version" | "logStyle" | "crmId">;

interface Change extends Trouble {
  at: number;
  causeKey: string | null;
}

export async function writeRunHistory(db: Db, now: number): Promise<void> {
  await beginMonitorRun(db, now - HISTORY_MS, now);
}

/** Of the last 30 days up to its present state, seeded by its id; none if it never answered. */
export async function writeStateHistory(
  trx: Db,
  registered: Registered,
  posServer: TroubledPosServer,
  now: number,
): Promise<void> {
  const { id: posServerId } = registered;
  const { scenario, version } = posServer;
  if (UNHEARD.includes(scenario) || isBelow(version, MINIMUM_VERSION)) return;
  const changes = changesUpTo(now, seededRandom(posServerId), posServer);
  const last = changes.at(-1);
  if (!last) return;
  const { state, at, detail } = last;
  // Without a known exchange there is no cause in common with others.
  const isExchangeKnown = scenario !== "unknown_wording";
  const isLying = scenario === "exchange_lies";
  last.causeKey = isLying ? UNTRACED : isExchangeKnown ? last.causeKey : null;
  const hasTrouble = isProblem(state);
  await trx.deleteFrom("stateChange").where("posServerId", "=", posServerId).execute();
  await trx
    .insertInto("stateChange")
    .values(
      await keepCauses(
        trx,
        changes.map((change) => ({ posServerId, ...change })),
      ),
    )
    .execute();
  for (const [index, change] of changes.entries()) {
    const endedAt = changes[index + 1]?.at;
    if (isProblem(change.state) && endedAt)
      await writePastIncident(trx, registered, posServer, change, endedAt);
  }
  await trx
    .updateTable("posStatus")
    .set({
      state,
      stateSince: at,
      causeKey: last.causeKey,
      causeSince: last.causeKey === null ? null : at,
      problemSince: hasTrouble ? at : null,
      stateBefore: state,
      stateBeforeSince: hasTrouble ? at : null,
      lastUpdateAt: now,
      hasExchanged: Number(isExchangeKnown),
      recoveredAt: hasTrouble || changes.length === 1 ? null : at,
      lastSyncAt: hasTrouble && isExchangeKnown ? at : null,
      syncError: detail,
      version,
      versionSort: versionSortKey(version),
      ...(isLying && {
        untracedSince: at,
        traces: JSON.stringify({ ...TRACED, at, missedFrom: at, since: now - HISTORY_MS }),
      }),
    })
    .where("posServerId", "=", posServerId)
    .execute();
  await queueTroubleChanges(trx, [posServerId]);
  if (state !== "sync_error" || detail === null) return;
  const lines = { posServerId, kind: "failure", noticedAt: now, dueAt: now, clockShiftMs: 0 } as const;
  await trx
    .insertInto("logExcerpt")
    .values({ ...lines, text: detail })
    .execute();
}

function changesUpTo(now: number, random: Random, posServer: TroubledPosServer): Change[] {
  const { scenario, version } = posServer;
  const calm = isBelow(version, CURRENT_VERSION) ? "update_required" : "synced";
  const troubles = pastTroubles(posServer);
  const trouble = presentTrouble(posServer);
  if (!trouble) return pastChanges(random, now, now, calm, troubles);
  const present = changeTo(trouble, now - troubleAgeMs(scenario));
  // Its exchange was never seen.
  if (scenario === "unknown_wording") return [present];
  const damage = presentTrouble({ ...posServer, scenario: "damaged_database" });
  const last = DAMAGED_BEFORE.includes(scenario) ? damage : null;
  return [...pastChanges(random, now, present.at, calm, troubles, last), present];
}

function pastTroubles(posServer: TroubledPosServer): Trouble[] {
  const { failureAsRead } = wordingOf(posServer);
  return [
    { state: "sync_error", detail: failureAsRead({ kind: "timeout", timeoutMs: EXCHANGE_TIMEOUT_MS }) },
    { state: "sync_error", detail: failureAsRead({ kind: "connection_lost" }) },
    { state: "sync_stale", detail: null },
    { state: "unreachable", detail: "connect ETIMEDOUT" },
    { state: "service_stopped", detail: null },
  ];
}

/** Made from `end` backwards; the last trouble is over. */
function pastChanges(
  random: Random,
  now: number,
  end: number,
  calm: PosServerState,
  troubles: readonly Trouble[],
  last: Trouble | null = null,
): Change[] {
  const begin = now - HISTORY_MS;
  const changes: Change[] = [];
  let at = end;
  for (let left = random.integer(1, MOST_TROUBLES); left > 0; left--) {
    const endedAt = at - random.integer(...CALM_MINUTES) * MINUTE_MS;
    const beganAt = endedAt - random.integer(...TROUBLE_MINUTES) * MINUTE_MS;
    if (beganAt <= begin) break;
    const trouble = (changes.length === 0 && last) || random.pick(troubles);
    changes.push(changeTo({ state: calm, detail: null }, endedAt), changeTo(trouble, beganAt));
    at = beganAt;
  }
  return [...changes, changeTo({ state: calm, detail: null }, begin)].reverse();
}

function changeTo({ state, detail }: Trouble, at: number): Change {
  return { at, state, detail, causeKey: keyOf(state, detail) };
}

function keyOf(state: PosServerState, detail: string | null): string | null {
  if (detail === null) return isProblem(state) ? state : null;
  return state === "unreachable" ? `connect_timeout: ${causeKey(detail)}` : causeKey(detail);
}

/** Writes an incident that is over, and the reset or the start of the service that has ended it. */
async function writePastIncident(
  trx: Db,
  { id: posServerId, organizationId }: Registered,
  { crmId }: TroubledPosServer,
  { at, state, causeKey, detail }: Change,
  endedAt: number,
): Promise<void> {
  const example = {
    state,
    serviceState: null,
    lastSyncAt: at,
    text: detail ?? "",
    isUntraced: false,
    failureCode: state === "unreachable" ? ("connect_timeout" as const) : null,
  };
  const over = { downMs: endedAt - at, quietAt: endedAt, closedAt: endedAt, endedBy: "recovered" } as const;
  const cause = await causeColumns(trx, { causeKey, example }, at);
  const columns = { ...beginningColumns(at), ...cause, ...over };
  const { id: incidentId } = await trx
    .insertInto("incident")
    .values({ kind: "single", posServerId, ...columns })
    .returning("id")
    .executeTakeFirstOrThrow();
  const left = { status: "left", joinedAt: at, leftAt: endedAt, leftBy: "recovered" } as const;
  await trx
    .insertInto("incidentMember")
    .values({ incidentId, posServerId, organizationId, ...left })
    .execute();
  const asked = askedBefore(posServerId, endedAt);
  if (columns.knownAs === "database_damaged") await writePastReset(trx, asked, crmId, endedAt);
  if (columns.knownAs !== "service_stopped") return;
  const { begunAt: startedAt, ...start } = asked;
  const done = { status: "done", startedAt, finishedAt: asked.runsAt, exchange: "restored" } as const;
  await trx
    .insertInto("serviceStart")
    .values({ ...start, ...done })
    .execute();
}

/** A request for a POS server that has ended its trouble at `endedAt`. */
function askedBefore(posServerId: number, endedAt: number) {
  const syncedAt = endedAt - 6 * SECOND_MS;
  const runsAt = syncedAt - (8 + (posServerId % 7)) * SECOND_MS;
  const times = { requestedAt: runsAt - 13 * SECOND_MS, begunAt: runsAt - 9 * SECOND_MS, runsAt, syncedAt };
  return { posServerId, idempotencyKey: randomUUID(), ...ASKED_BY, ...times };
}

async function writePastReset(
  trx: Db,
  asked: ReturnType<typeof askedBefore>,
  confirmation: string,
  endedAt: number,
): Promise<void> {
  const wanted = { confirmation, identity: "", fetchLogs: 0, startService: 1 };
  const done = { step: "done", stepAt: endedAt, resetAt: asked.runsAt, finishedAt: endedAt } as const;
  const { id: databaseResetId } = await trx
    .insertInto("databaseReset")
    .values({ ...asked, ...wanted, ...done })
    .returning("id")
    .executeTakeFirstOrThrow();
  const steps = [
    { databaseResetId, step: "resetting", at: asked.begunAt },
    { databaseResetId, step: "awaiting_sync", at: asked.runsAt },
    { databaseResetId, step: "done", at: endedAt },
  ] as const;
  await trx.insertInto("databaseResetStep").values(steps).execute();
}
