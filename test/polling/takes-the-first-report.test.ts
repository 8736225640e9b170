import { createServer } from "node:http";
import t, { type Test } from "tap";
import { startMonitor } from "../helpers/app.ts";
import { START } from "../helpers/clock.ts";
import { listen } from "../helpers/listen.ts";
import { exampleReport } from "../helpers/pos-server.ts";
import { readRow } from "../helpers/rows.ts";

const { agent: _grown, ...first } = exampleReport({ time: new Date(START).toISOString() });

/** Polls a POS server that answers with this. @returns how it ended, and what is kept of it. */
async function poll(t: Test, body: unknown) {
  const monitor = await startMonitor(t);
  const port = await listen(
    t,
    createServer((_request, response) => response.end(JSON.stringify(body))),
  );
  const id = await monitor.addPosServer({ address: `http://127.0.0.1:${port}` });
  const outcome = await monitor.app.pollNow(id);
  const { searchText: _ofItsPort, ...status } = await readRow(monitor.db, "posStatus");
  return { outcome, status };
}

t.test("the first report of the protocol is enough, null and unknown change nothing", async (t) => {
  const { outcome, status } = await poll(t, first);
  t.match(outcome, { ok: true });
  t.match(status, { state: "sync_error", serviceState: "running", serviceCanRestart: null });
  t.match(status, { configurationId: null, agentVersion: null, logsFound: null, quarantineDays: null });

  const nothing = {
    service: { ...first.service, canRestart: null },
    sync: { ...first.sync, traces: null },
    ...{ checks: null, logs: null, agent: null },
  };
  t.same((await poll(t, { ...first, ...nothing })).status, status);
  const unknown = { service: { ...first.service, mood: "good" }, weather: { rain: true } };
  t.same((await poll(t, { ...first, ...unknown })).status, status);
});

for (const field of Object.keys(first))
  t.test(`without ${field} it is no report`, async (t) => {
    const { [field as keyof typeof first]: _missing, ...rest } = first;
    t.match((await poll(t, rest)).outcome, { ok: false, failure: { code: "invalid_report" } });
  });
