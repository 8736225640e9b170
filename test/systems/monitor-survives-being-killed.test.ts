import { createServer } from "node:http";
import { join } from "node:path";
import t, { type Test } from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { copyRegistry } from "../../src/monitor/restaurants/copy-registry.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { rowsOf } from "../helpers/page.ts";
import { registerPlain } from "../helpers/register.ts";
import { waitFor } from "../helpers/wait-for.ts";

const POS_SERVERS = 40;

t.test("killed while it polls, it starts again with consistent rows and polls on", async (t) => {
  const dataDir = makeFolder(t);
  let polls = 0;
  const fleet = createServer((_request, response) => {
    polls++;
    response.end(JSON.stringify(reportAt(Date.now(), polls % 3 === 0 ? { error: `Ошибка ${polls}` } : {})));
  });
  const address = `http://127.0.0.1:${await listen(t, fleet)}`;
  await registerPlain(t, dataDir, address);
  await multiply(t, dataDir);

  for (let kill = 0; kill < 2; kill++) {
    const before = polls;
    const monitor = await startMonitorProcess(t, dataDir);
    await waitFor(() => polls > before + 10);
    monitor.child.kill("SIGKILL");
    t.equal(await monitor.ended, null);
    t.same(await problemsOf(dataDir), [], `after kill ${kill + 1}`);
  }

  const monitor = await startMonitorProcess(t, dataDir);
  const allPolled = async () => {
    // In the list of all those with the same error are one row.
    const pages = [
      await monitor.page("/pos-servers?state=synced"),
      await monitor.page("/pos-servers?state=sync_error"),
    ];
    return pages.flatMap(rowsOf).length === POS_SERVERS;
  };
  await waitFor(allPolled);
  monitor.child.kill("SIGTERM");
  t.equal(await monitor.ended, 0);
  t.same(await problemsOf(dataDir), []);
});

/** Makes a fleet of the one POS server, polled every 5 s. */
async function multiply(_t: Test, dataDir: string): Promise<void> {
  const { db, sqlite } = openDatabase(join(dataDir, DATABASE_FILE));
  sqlite.exec("update pos_server set poll_interval_ms = 5000");
  for (let count = 1; count < POS_SERVERS; count++) {
    sqlite.exec(`insert into pos_server (organization_id, name, name_sort, search_text, address, sealed_token, poll_interval_ms, created_at)
      select organization_id, name || ' ${count}', name_sort, search_text, address, sealed_token, 5000, 1 from pos_server limit 1;
      insert into pos_status (pos_server_id, state, state_since) values (last_insert_rowid(), 'pending', 1)`);
  }
  await copyRegistry(db, db.selectFrom("posServer").select("id"));
  await db.destroy();
}

/** What must hold whenever the monitor was killed. */
async function problemsOf(dataDir: string): Promise<string[]> {
  const { db, sqlite } = openDatabase(join(dataDir, DATABASE_FILE));
  const ask = (statement: string) => sqlite.prepare<[], string>(statement).pluck().all();
  const problems = [
    ...ask("pragma integrity_check").filter((answer) => answer !== "ok"),
    ...ask("select 'foreign key of ' || \"table\" from pragma_foreign_key_check"),
    ...ask(`select 'count of ' || state from state_count
      where pos_servers <> (select count(*) from pos_status where pos_status.state = state_count.state)`),
    ...ask(`select 'last transition of ' || pos_server_id from pos_status
      where state <> coalesce((select state from state_change
        where state_change.pos_server_id = pos_status.pos_server_id order by id desc limit 1), 'pending')`),
    ...ask(
      "select 'half a poll of ' || pos_server_id from pos_status where (last_update_at is null) <> (version is null)",
    ),
  ];
  await db.destroy();
  return problems;
}
