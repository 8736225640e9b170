/**
 * The least that polling can be: undici and an upsert for each answer, in batches, in a process of its own. Prints the CPU
 * for one poll, ms.
 */
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { Client } from "undici";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { makeFolder } from "../helpers/folder.ts";
import { BENCHMARK, printResult, readInput } from "./program.ts";
import { addressOf, FLEET_TOKEN, type Fleet, failureOf } from "./simulated-fleet.ts";

const CONCURRENT = 100;
const BATCH_ROWS = 100;

const { fleet, polls }: { fleet: Fleet; polls: number } = readInput();
const sqlite = new SQLite(join(makeFolder(BENCHMARK), "bare.db"));
sqlite.pragma("journal_mode = WAL");
sqlite.pragma("synchronous = NORMAL");
sqlite.exec(`create table status (
  id integer primary key, version text, state text, last_update_at integer, last_sync_at integer, error text
) strict`);
const upsert = sqlite.prepare(`insert into status values (?, ?, ?, ?, ?, ?) on conflict do update set
  version = excluded.version, state = excluded.state, last_update_at = excluded.last_update_at,
  last_sync_at = excluded.last_sync_at, error = excluded.error`);
const save = sqlite.transaction((rows: unknown[][]) => {
  for (const row of rows) upsert.run(...row);
});
let waiting: unknown[][] = [];
let next = 0;

async function pollInTurn(): Promise<void> {
  while (next < polls) {
    const n = next++;
    if (failureOf(n, fleet.failingPercent) === null) await poll(n);
  }
}

async function poll(n: number): Promise<void> {
  const url = new URL(`${addressOf(fleet, n)}/v1/status`);
  const client = new Client(url.origin);
  const { body } = await client.request({
    method: "GET",
    path: url.pathname,
    headers: { authorization: `Bearer ${FLEET_TOKEN}` },
    reset: true,
  });
  const report = (await body.json()) as StatusReport;
  const { version, service, sync } = report;
  const syncedAt = Date.parse(sync?.lastSuccessAt ?? "");
  waiting.push([n, version, service?.state, Date.now(), syncedAt, sync?.error?.message ?? null]);
  if (waiting.length < BATCH_ROWS) return;
  save(waiting);
  waiting = [];
}

const before = process.cpuUsage();
await Promise.all(Array.from({ length: CONCURRENT }, pollInTurn));
save(waiting);
const { user, system } = process.cpuUsage(before);
sqlite.close();
printResult((user + system) / 1000 / (polls * (1 - fleet.failingPercent / 100)));
