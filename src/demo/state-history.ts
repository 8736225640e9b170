import type { Kysely } from "kysely";
import type { Database } from "../monitor/database/schema.ts";
import { inTransaction } from "../monitor/database/transaction.ts";
import type { PosServerState } from "../monitor/fleet/state.ts";
import { beginMonitorRun } from "../monitor/polling/monitor-run.ts";
import { causeKey } from "../protocol/cause-key.ts";
import type { Scenario } from "./chain.ts";
import { type Random, seededRandom } from "./random.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const HISTORY_DAYS = 30;
const MOST_TROUBLES = 9;
const TROUBLE_MINUTES = [3, 240] as const;
/** Between the end of one trouble and the start of the next. */
const CALM_MINUTES = [90, 9 * 24 * 60] as const;

interface Trouble {
  state: PosServerState;
  detail: string | null;
}

const TROUBLES: readonly Trouble[] = [
  { state: "sync_error", detail: "Превышено время ожидания ответа главного сервера (30 с)" },
  { state: "sync_error", detail: "Связь с главным сервером прервана" },
  { state: "sync_stale", detail: null },
  { state: "unreachable", detail: "connect ETIMEDOUT" },
  { state: "service_stopped", detail: null },
];

/** Records that the monitor ran all the time that the histories tell of. */
export async function writeRunHistory(db: Kysely<Database>, now: number): Promise<void> {
  await beginMonitorRun(db, now - HISTORY_DAYS * DAY_MS, now);
}

/** Gives a POS server the transitions of the last 30 days before now, seeded by its id; it was synced at their end. */
export async function writeStateHistory(
  db: Kysely<Database>,
  posServerId: number,
  scenario: Scenario,
  now: number,
): Promise<void> {
  if (scenario === "not_opened") return;
  const changes = pastChanges(seededRandom(posServerId), now);
  await inTransaction(db, async (trx) => {
    const rows = changes.map((change) => ({ pos_server_id: posServerId, ...change }));
    await trx.insertInto("state_change").values(rows).execute();
  });
}

/** Written from now backwards: the last trouble is always over. */
function pastChanges(random: Random, now: number) {
  const begin = now - HISTORY_DAYS * DAY_MS;
  const changes = [];
  let at = now;
  for (let troubles = random.integer(1, MOST_TROUBLES); troubles > 0; troubles--) {
    const endedAt = at - random.integer(...CALM_MINUTES) * MINUTE_MS;
    const beganAt = endedAt - random.integer(...TROUBLE_MINUTES) * MINUTE_MS;
    if (beganAt <= begin) break;
    const { state, detail } = random.pick(TROUBLES);
    changes.push(synced(endedAt), { at: beganAt, state, cause_key: keyOf(state, detail), detail });
    at = beganAt;
  }
  return [...changes, synced(begin)].reverse();
}

function synced(at: number) {
  return { at, state: "synced" as const, cause_key: null, detail: null };
}

function keyOf(state: PosServerState, detail: string | null): string | null {
  if (detail === null) return null;
  return state === "unreachable" ? `connect_timeout: ${causeKey(detail)}` : causeKey(detail);
}
