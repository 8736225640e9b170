import { createServer } from "node:http";
import t from "tap";
import { copyRegistry } from "../../src/monitor/restaurants/copy-registry.ts";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
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
  await multiply(dataDir);

  for (let kill = 0; kill < 2; kill++) {
    const before = polls;
    const monitor = await startMonitorProcess(t, dataDir);
    await waitFor(() => polls > before + 10);
    t.equal(await monitor.end("SIGKILL"), null);
    t.same(problemsOf(dataDir), [], `after kill ${kill + 1}`);
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
  t.equal(await monitor.end(), 0);
  t.same(problemsOf(dataDir), []);
});

/** Makes a fleet of the one POS server, polled every 5 s. */
const multiply = (dataDir: string) =>
  withDatabase(dataDir, async (db, sqlite) => {
    sqlite.exec("update pos_server set poll_interval_ms = 5000");
    for (let count = 1; count < POS_SERVERS; count++)
      sqlite.exec(`insert into pos_server (organization_id, name, name_sort, search_text, address, sealed_token, poll_interval_ms, created_at)
      select organization_id, name || ' ${count}', name_sort, search_text, address, sealed_token, 5000, 1 from pos_server limit 1;
      insert into pos_status (pos_server_id, state, state_since) values (last_insert_rowid(), 'pending', 1)`);
    await copyRegistry(db, db.selectFrom("posServer").select("id"));
  });

/** What must hold whenever the monitor was killed. */
function problemsOf(dataDir: string): unknown[] {
  const ask = (statement: string) => queryFile(databaseIn(dataDir), statement);
  return [
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
}
