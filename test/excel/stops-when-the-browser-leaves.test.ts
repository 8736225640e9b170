import t from "tap";
import { endlessExport } from "../helpers/endless-export.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { sessionOf } from "../helpers/page.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("the work ends with the browser, running or waiting, and nothing is recorded", async (t) => {
  const monitor = await startLiveMonitor(t);
  const { db, sqlite } = monitor.app.database;
  const { excelWorkers } = monitor.app;
  sqlite
    .prepare(
      `insert into audit_event (at, user_login, address, action, result)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 90000)
      select i, 'somebody', '10.0.0.1', 'sign_in', 'refused' from n`,
    )
    .run();
  const headers = { cookie: `session=${await sessionOf(monitor.app)}` };
  const ask = (signal: AbortSignal) => fetch(`${monitor.url}/audit.xlsx`, { headers, signal });

  const first = new AbortController();
  const running = ask(first.signal);
  await waitFor(() => excelWorkers.size() === 1);
  first.abort();
  await t.rejects(running, { name: "AbortError" });
  await waitFor(() => excelWorkers.size() === 0);

  const others = new AbortController();
  const occupied = [-1, -2].map((person) =>
    excelWorkers.run(person, endlessExport(monitor.app), others.signal),
  );
  const second = new AbortController();
  const waiting = ask(second.signal);
  await waitFor(() => excelWorkers.waiting() === 1);
  second.abort();
  await t.rejects(waiting, { name: "AbortError" });
  await waitFor(() => excelWorkers.waiting() === 0);
  others.abort();
  await Promise.allSettled(occupied);

  t.same(await db.selectFrom("auditEvent").select("id").where("action", "=", "export").execute(), []);
});
