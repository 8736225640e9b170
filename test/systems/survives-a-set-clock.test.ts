import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import t, { type Test } from "tap";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/protocol/time-units.ts";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { type FakeClock, makeFakeClock, noFakeClock } from "../helpers/fake-clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import type { JobName, JobRun } from "../helpers/jobs-program.ts";
import { listen } from "../helpers/listen.ts";
import { changeDatabase, type MonitorProcess, startMonitorProcess } from "../helpers/monitor-process.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { rowsOf } from "../helpers/page.ts";
import { NOBODYS_PORT, startProgram } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";
import { waitFor } from "../helpers/wait-for.ts";

const INTERVAL_MS = 5_000;
/** One poll may just have begun, the next is due an interval later; the rest is for a busy machine. */
const PATIENCE_MS = 4 * INTERVAL_MS;
const MAX_LINES_A_JUMP = 10;
/** In Berlin three o'clock in the morning becomes two. */
const AUTUMN_HOUR = Date.parse("2026-10-25T01:00:00.000Z");

const skip = noFakeClock;

type Polled = Awaited<ReturnType<typeof startPolled>>;

/** A monitor whose clock can be set, over a POS server that works and one that is down. */
async function startPolled(t: Test, clock: FakeClock) {
  const dataDir = makeFolder(t);
  let polls = 0;
  const posServer = createServer((_request, response) => {
    polls++;
    response.end(JSON.stringify(reportAt(Date.now())));
  });
  await registerPlain(t, dataDir, `http://127.0.0.1:${await listen(t, posServer)}`, "up");
  await registerPlain(t, dataDir, `http://127.0.0.1:${NOBODYS_PORT}`, "down");
  await changeDatabase(dataDir, `update pos_server set poll_interval_ms = ${INTERVAL_MS}`);
  const monitor = await startMonitorProcess(t, dataDir, { ...clock.env, TZ: "Europe/Berlin" });
  const polled = { monitor, dataDir, clock, polls: () => polls };
  await goesOn(t, polled, 0, "before");
  return polled;
}

/** Looks whether all is as it was, within seconds and without many words. */
async function goesOn(t: Test, polled: Polled, linesBefore: number, when: string): Promise<void> {
  const { monitor, dataDir, clock, polls } = polled;
  const setAt = clock.now();
  const before = polls();
  await waitFor(() => polls() >= before + 2, { timeoutMs: PATIENCE_MS });
  await waitFor(async () => JSON.stringify(await states(monitor)) === '["unreachable","synced"]', {
    timeoutMs: PATIENCE_MS,
  });
  t.equal(await (await fetch(`${monitor.url}/readyz`)).text(), "ready\n", when);

  const lines = linesOf(monitor).slice(linesBefore);
  t.ok(lines.length <= MAX_LINES_A_JUMP, `${when}: ${lines.length} lines`);
  for (const line of lines) t.doesNotThrow(() => JSON.parse(line), line);
  t.same(await wrongRows(dataDir, setAt, clock.now()), [], when);
}

async function states(monitor: MonitorProcess): Promise<string[]> {
  const pages = await Promise.all(["/pos-servers", "/pos-servers?scope=outside"].map(monitor.page));
  return pages.flatMap((page) => rowsOf(page).map(({ state }) => state)).sort((a, b) => (a < b ? 1 : -1));
}

/** The first lines are what it says for people before its log. */
function linesOf(monitor: MonitorProcess): string[] {
  return monitor.output().trim().split("\n");
}

/** Both were polled since, nothing was polled later than now, and one transition follows another. */
async function wrongRows(dataDir: string, setAt: number, now: number): Promise<unknown[]> {
  const ask = (query: string) => queryFile(databaseIn(dataDir), query);
  return [
    ...ask(`select 'last poll of ' || pos_server_id || ' at ' || last_poll_at from pos_status
      where last_poll_at not between ${setAt - INTERVAL_MS} and ${now + 1000}`),
    ...ask(`select 'last report of ' || pos_server_id from pos_status
      where state = 'synced' and last_update_at <> last_poll_at`),
    ...ask(`select 'transitions of ' || pos_server_id from state_change
      group by pos_server_id having count(*) > 2`),
    ...ask(`select 'run ' || id from monitor_run where seen_at < started_at`),
  ];
}

t.test("a clock that is set while the monitor runs stops nothing and floods nothing", { skip }, async (t) => {
  const clock = makeFakeClock(t);
  const polled = await startPolled(t, clock);
  for (const [words, ms] of [
    ["8 hours ahead", 8 * HOUR_MS],
    ["a day ahead", DAY_MS],
    ["30 days ahead", 30 * DAY_MS],
    ["a day back", -DAY_MS],
    ["31 days back, to before it was started", -31 * DAY_MS],
  ] as const) {
    const lines = linesOf(polled.monitor).length;
    clock.jump(ms);
    await goesOn(t, polled, lines, words);
  }
  t.equal(await polled.monitor.end(), 0);
});

t.test("the hour that comes twice in autumn is like every other", { skip }, async (t) => {
  const clock = makeFakeClock(t);
  clock.jump(AUTUMN_HOUR - 15_000 - Date.now());
  const polled = await startPolled(t, clock);
  await waitFor(() => clock.now() > AUTUMN_HOUR);
  await goesOn(t, polled, 0, "in the second of the two hours");
  const lines = linesOf(polled.monitor).length;
  clock.jump(-HOUR_MS);
  await goesOn(t, polled, lines, "on a machine whose clock was put back");
});

/** Ten seconds before the job of the night. */
const START = Date.parse("2026-11-24T03:16:50Z");
/** Five seconds before a minute of the clock that is set. */
const SECOND_OF_MINUTE_MS = 55 * SECOND_MS;
const JUMPS = [
  ["8 hours ahead", 8 * HOUR_MS],
  ["a day back", -DAY_MS],
  ["400 days ahead", 400 * DAY_MS],
] as const;

t.test("a clock that is set delays no job beyond its period and doubles none", { skip }, async (t) => {
  await Promise.all(JUMPS.map(([words, jumpMs]) => setClock(t, words, jumpMs)));
});

async function setClock(t: Test, words: string, jumpMs: number): Promise<void> {
  const clock = makeFakeClock(t);
  clock.jump(START - clock.now());
  const program = startProgram(t, "test/helpers/jobs-program.ts", { env: clock.env });
  const runs = (name: JobName): number[] =>
    program
      .output()
      .split("\n")
      .slice(0, -1)
      .map((line): JobRun => JSON.parse(line))
      .filter((run) => run.name === name)
      .map(({ at }) => at);
  await waitFor(() => runs("night").length === 1 && runs("minute").length > 0);
  await delay(2 * SECOND_MS);
  const before = runs("minute").length;
  clock.jump(jumpMs + SECOND_OF_MINUTE_MS - (clock.now() % MINUTE_MS));
  await waitFor(() => runs("minute").length > before, { timeoutMs: 3 * MINUTE_MS });

  const gaps = (name: JobName) => runs(name).map((at, index, all) => at - (all[index - 1] ?? at));
  const gap = gaps("minute").at(-1) ?? 0;
  t.ok(gap >= MINUTE_MS / 2 && gap <= 2 * MINUTE_MS, `${words}: ${gap} ms between two minutes`);
  t.equal(runs("night").length, 1, `${words}: the night that comes again at once is the same night`);
  t.ok(Math.max(...gaps("second")) < 3 * SECOND_MS, `${words}: nothing blocks`);
}
