import { readFileSync } from "node:fs";
import t from "tap";
import { exportPlaces } from "../../src/monitor/excel/send-export.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { occupyExports } from "../helpers/occupy-exports.ts";
import { sessionOf } from "../helpers/page.ts";
import { waitFor } from "../helpers/wait-for.ts";

/** The processes that make Excel files, of this process. */
function exportWorkers(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children
    .filter((pid) => pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("export-worker"))
    .map(Number);
}

t.test("the work ends with the browser, running or waiting", async (t) => {
  const monitor = await startLiveMonitor(t);
  const { db } = monitor.app.database;
  const headers = { cookie: `session=${await sessionOf(monitor.app)}` };
  const ask = (signal: AbortSignal) => fetch(`${monitor.url}/audit.xlsx`, { headers, signal });

  const first = new AbortController();
  const running = ask(first.signal);
  await waitFor(() => exportWorkers().length === 1);
  for (const pid of exportWorkers()) process.kill(pid, "SIGSTOP");
  first.abort();
  await t.rejects(running, { name: "AbortError" });
  await waitFor(() => exportWorkers().length === 0);

  const giveUp = await occupyExports([-1, -2]);
  const second = new AbortController();
  const waiting = ask(second.signal);
  await waitFor(() => exportPlaces.waiting() === 1);
  second.abort();
  await t.rejects(waiting, { name: "AbortError" });
  await waitFor(() => exportPlaces.waiting() === 0);
  await giveUp();

  t.same(await db.selectFrom("auditEvent").select("id").where("action", "=", "export").execute(), []);
});
