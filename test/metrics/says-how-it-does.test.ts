import t from "tap";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { addApiToken } from "../helpers/api.ts";
import { startMonitor } from "../helpers/app.ts";

/** Series by name and labels, as they stand there. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line): [string, number] => {
      const end = line.lastIndexOf(" ");
      return [line.slice(0, end), Number(line.slice(end + 1).replace("+Inf", "Infinity"))];
    }),
  );
}

t.test("states by organization, incidents and how the monitor does", async (t) => {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const here = await monitor.addOrganization('ООО "Вкусный\\дом"', "100512");
  const id = await monitor.addPosServer({ organizationId: here });
  await monitor.addPosServer({ organizationId: here, isParked: true });
  await monitor.report(id, { error: "boom" });
  await app.poller.tick();
  await app.poller.idle();
  const { authorization } = await addApiToken(monitor, { scopes: ["metrics"] });
  const answer = await app.inject({ url: "/metrics", headers: { authorization } });
  t.equal(answer.statusCode, 200);
  t.match(answer.headers["content-type"], /^text\/plain; version=0.0.4/);
  const series = seriesOf(answer.body);
  const of = `organization="ООО \\"Вкусный\\\\дом\\"",crm_id="100512"`;
  t.equal(series.get(`poswatch_pos_servers{${of},state="sync_error"}`), 1);
  t.equal(series.get(`poswatch_pos_servers{${of},state="parked"}`), 1);
  t.equal(series.get(`poswatch_open_incidents{${of}}`), 1);
  const polled = [...series].filter(([name]) => name.startsWith("poswatch_polls_total"));
  const isAsked = polled.length > 0 && polled.every(([, count]) => count > 0);
  t.ok(isAsked, "nobody answers there, but each was asked");
  for (const name of [
    "poswatch_stalled",
    "poswatch_network_gone",
    "poswatch_polls_in_flight",
    "poswatch_agents_connected",
    'poswatch_open_requests{kind="database_reset"}',
    "poswatch_outbox_waiting",
    "poswatch_channels_failing",
  ])
    t.equal(series.get(name), 0, name);
  t.equal(series.get("poswatch_backup_age_seconds"), Number.POSITIVE_INFINITY);
  for (const name of [
    "poswatch_data_free_bytes",
    "poswatch_database_bytes",
    "nodejs_eventloop_lag_p99_seconds",
  ])
    t.ok((series.get(name) ?? 0) > 0, name);

  const { sqlite } = app.database;
  sqlite.pragma("query_only = 1");
  t.teardown(() => sqlite.pragma("query_only = 0"));
  monitor.clock.advance(2 * MINUTE_MS);
  const full = await app.inject({ url: "/metrics", headers: { authorization } });
  t.equal(full.statusCode, 200, "also while nothing can be written");
});

t.test("a token of one organization gets its states alone; others get nothing", async (t) => {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const here = await monitor.addOrganization("Здесь");
  const there = await monitor.addOrganization("Там");
  await monitor.addPosServer({ organizationId: here });
  await monitor.addPosServer({ organizationId: there });
  const ask = async (authorization?: string) =>
    await app.inject({ url: "/metrics", headers: authorization ? { authorization } : {} });
  const { authorization } = await addApiToken(monitor, { scopes: ["metrics"], organizations: [here] });
  const { body } = await ask(authorization);
  t.match(body, 'organization="Здесь"');
  t.notMatch(body, "Там");
  t.notMatch(body, "poswatch_polls_total");
  const another = await addApiToken(monitor, { scopes: ["read"] });
  t.equal((await ask(another.authorization)).statusCode, 403);
  t.equal((await ask()).statusCode, 401);
});
