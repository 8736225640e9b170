/**
 * The least that polling can be: undici and an upsert for each answer, in batches, in a process of its own:
 * `node bare-polling.ts FLEET POLLS`, FLEET being the JSON of `FleetReady`. Prints one line of JSON (`BarePolling`).
 */
import { join } from "node:path";
import SQLite from "better-sqlite3";
import { Client } from "undici";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { type FleetReady, fleetPosServer, misdeedOf } from "./fleet-plan.ts";
import { makeDataFolder } from "./monitor.ts";

const CONCURRENT = 100;
const BATCH_ROWS = 100;

export interface BarePolling {
  cpuMsPerPoll: number;
}

const fleet: FleetReady = JSON.parse(process.argv[2] ?? "");
const polls = Number(process.argv[3]);
const folder = await makeDataFolder();
const sqlite = new SQLite(join(folder.dataDir, "bare.db"));
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
    if (misdeedOf(n, fleet.failingPercent) === null) await poll(n);
  }
}

async function poll(n: number): Promise<void> {
  const { address, token } = fleetPosServer(fleet, n);
  const url = new URL(`${address}/v1/status`);
  const client = new Client(url.origin);
  const { body } = await client.request({
    method: "GET",
    path: url.pathname,
    headers: { authorization: `Bearer ${token}` },
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
await folder.remove();
const healthy = polls * (1 - fleet.failingPercent / 100);
const result: BarePolling = { cpuMsPerPoll: (user + system) / 1000 / healthy };
process.stdout.write(`${JSON.stringify(result)}\n`);
