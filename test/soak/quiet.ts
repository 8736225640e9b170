import { setTimeout as delay } from "node:timers/promises";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { carryOut, serviceStart } from "./administrator.ts";
import { endFaults } from "./faults.ts";
import { problemsOf } from "./invariants.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

/** How long whatever was asked for may take to come to its end once nothing is wrong any more. */
const ENDS_WITHIN_MS = 4 * 60_000;
/** A start spreads polls over an interval; one of a POS server that answers nothing takes its time. */
const POLLED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const TABLES = ["log_request", "database_reset", "service_start"];

/** Lets everything come to rest, and looks whether all is well. @returns what is not. */
export async function comeToRest(world: World, tally: Tally): Promise<string[]> {
  await endFaults(world);
  const unpolled = await until(() => unpolledOf(world), POLLED_WITHIN_MS);
  const open = await until(async () => {
    await decide(world, tally);
    return openOf(world);
  }, ENDS_WITHIN_MS);
  const unwell = await until(() => unwellOf(world), POLLED_WITHIN_MS);
  return [...unpolled, ...open, ...unwell, ...(await problemsOf(world, tally.accepted))];
}

/** Repeats what lists problems until there are none, or the time is over. */
async function until(list: () => string[] | Promise<string[]>, withinMs: number): Promise<string[]> {
  const endAt = performance.now() + withinMs;
  for (;;) {
    const problems = await list();
    if (problems.length === 0 || performance.now() > endAt) return problems;
    await delay(LOOK_EVERY_MS);
  }
}

function unpolledOf({ dataDir, monitor }: World): string[] {
  return query(
    dataDir,
    `select 'POS server ' || pos_server_id || ' is not polled' from pos_status
      where coalesce(last_poll_at, 0) < ${monitor.startedAt}`,
  );
}

function openOf({ dataDir }: World): string[] {
  return TABLES.flatMap((table) =>
    query(
      dataDir,
      `select '${table} ' || json_object('id', id, 'at', ${table === "database_reset" ? "step" : "status"},
        'claimed_by', claimed_by, 'failure', failure_code) || ' does not end' from ${table} where finished_at is null`,
    ),
  );
}

/** The agents work again, so their POS servers do, but for those that never do: each of these is in the one incident that it was in from the first. */
function unwellOf({ dataDir, agents, posServerIds }: World): string[] {
  const idsOf = (isFailing: boolean) =>
    posServerIds.filter((_, index) => agents[index]?.isFailing === isFailing);
  return [
    ...query(
      dataDir,
      `select 'POS server ' || pos_server_id || ' is ' || state || coalesce(': ' || failure_code, '') from pos_status
        where (pos_server_id in (${idsOf(false)}) and state <> 'synced')
          or (pos_server_id in (${idsOf(true)}) and state <> 'sync_error')`,
    ),
    ...query(
      dataDir,
      `select 'POS server ' || pos_server_id || ' is ' || status || ' in incident ' || incident_id from incident_member
        where pos_server_id in (${idsOf(false)}) and status <> 'left'`,
    ),
    ...query(
      dataDir,
      `select 'incidents of POS server ' || id || ': ' || coalesce((
          select group_concat(state || ' ' || coalesce(ended_by, 'open') || ' ' || failing) from incident
          where pos_server_id = pos_server.id), 'none')
        from pos_server where id in (${idsOf(true)}) and 1 <> (
          select coalesce(sum(case when state = 'sync_error' and failing = 1 then 1 else 2 end), 0) from incident
          where pos_server_id = pos_server.id)`,
    ),
  ];
}

/** What waits for a person, or was left stopped, gets what it needs. */
async function decide(world: World, tally: Tally): Promise<void> {
  const { dataDir } = world;
  for (const id of query(dataDir, "select id from database_reset where step = 'awaiting_decision'")) {
    await carryOut(
      world,
      { kind: "decisions", path: `/database-resets/${id}/continuation`, fields: {} },
      tally,
    );
  }
  for (const id of query(
    dataDir,
    `select pos_server_id from pos_status where service_state = 'stopped' and not exists (select 1 from database_reset
      where pos_server_id = pos_status.pos_server_id and finished_at is null and step <> 'awaiting_start')`,
  )) {
    await carryOut(world, serviceStart(Number(id)), tally);
  }
}

function query(dataDir: string, statement: string): string[] {
  return queryFile(databaseIn(dataDir), statement).map(String);
}
