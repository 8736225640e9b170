import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import t, { type Test } from "tap";
import { copyRegistry } from "../../src/monitor/restaurants/copy-registry.ts";
import { startMonitor } from "../helpers/app.ts";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { createClock } from "../helpers/clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { startLogServer } from "../helpers/log-server.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { addChannel, addRule, type TestChannel } from "../helpers/notifications.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { rowsOf } from "../helpers/page.ts";
import { registerPlain } from "../helpers/register.ts";
import { listenSmtp } from "../helpers/scripted-smtp.ts";
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

const MESSAGES = 60;

t.test("killed while it sends, it loses nothing, and what comes twice says that it does", async (t) => {
  const dataDir = makeFolder(t);
  const received: string[] = [];
  const receiver = createServer(async (request, response) => {
    const { id, event } = (await json(request)) as { id: string; event: string };
    if (event === "opened") received.push(id);
    response.end();
  });
  const url = `http://127.0.0.1:${await listen(t, receiver)}/`;
  const secrets = { secret: "0123456789abcdef" };
  const keys = await queueMessages(t, dataDir, { kind: "webhook", settings: { url }, secrets });

  for (const enough of [MESSAGES / 3, (MESSAGES * 2) / 3]) {
    const monitor = await startMonitorProcess(t, dataDir);
    await waitFor(() => received.length >= enough);
    t.equal(await monitor.end("SIGKILL"), null);
  }

  const monitor = await startMonitorProcess(t, dataDir);
  await waitFor(() => new Set(received).size === MESSAGES);
  t.same(new Set(received), new Set(keys), "each is known again by its id");
  t.ok(received.length <= MESSAGES + 2, "only what was on its way came twice");
  t.equal(await monitor.end(), 0);
  const unsent = "select count(*) from delivery where kind = 'opened' and outcome is not 'sent'";
  t.same(queryFile(databaseIn(dataDir), unsent), [0]);
});

t.test("stopped while a mail server hangs, it ends as it should; the message is sent later", async (t) => {
  const dataDir = makeFolder(t);
  const silent = await listenSmtp(t, { greeting: "hang" });
  const settings = {
    host: "127.0.0.1",
    port: String(silent.port),
    security: "none",
    login: "",
    authorities: "",
    from: "poswatch@example.ru",
    to: "duty@example.ru",
  };
  await queueMessages(t, dataDir, { kind: "email", settings, secrets: { password: "" } });
  const monitor = await startMonitorProcess(t, dataDir);
  await waitFor(() => silent.connections() > 0);
  t.equal(await monitor.end(), 0);
  const waiting = "select count(*) from delivery where finished_at is null";
  t.same(queryFile(databaseIn(dataDir), waiting), [MESSAGES]);
});

/** Leaves a data folder in which as many messages wait as are to be sent. @returns their keys. */
async function queueMessages(t: Test, dataDir: string, channel: TestChannel): Promise<string[]> {
  const monitor = await startMonitor(t, { dataDir, clock: createClock(Date.now()) });
  const { db, sqlite } = monitor.app.database;
  const channelId = await addChannel(monitor, channel);
  const ruleId = await addRule(monitor, channelId);
  // Nobody is to be polled meanwhile.
  const posServer = { address: "http://127.0.0.1:9", token: null, pollIntervalMs: 3_600_000 };
  for (let index = 0; index < MESSAGES; index++) {
    const id = await monitor.addPosServer({ ...posServer, name: `Тверская, ${index}` });
    await monitor.report(id);
    await monitor.report(id, {
      error: `беда ${"абвгдежзиклмнопр"[index % 16]}${"абвг"[Math.floor(index / 16)]}`,
      syncedAgoMs: 0,
    });
  }
  sqlite.exec(`
    delete from incident_change;
    insert into message (channel_id, incident_id, rule_id, says, notified_at, alerted_at)
      select ${channelId}, id, ${ruleId}, 'failing', opened_at, opened_at from incident where closed_at is null;
    insert into delivery (channel_id, message_id, kind, key, queued_at, due_at)
      select channel_id, id, 'opened', 'key-' || id, notified_at, notified_at from message`);
  const deliveries = await db.selectFrom("delivery").select("key").execute();
  await monitor.app.close();
  return deliveries.map(({ key }) => key);
}

const COUNT = 20;

const read = (dataDir: string) =>
  withDatabase(dataDir, async (db) => ({
    items: await db.selectFrom("batchItem").select(["status", "code", "requestId"]).execute(),
    requests: await db.selectFrom("logRequest").select(["posServerId", "status"]).execute(),
    events: await db.selectFrom("auditEvent").select(["action", "batchId"]).orderBy("action").execute(),
  }));

t.test("the monitor killed in the midst of a batch loses none of it and does nothing twice", async (t) => {
  const servers = await Promise.all(Array.from({ length: COUNT }, () => startLogServer(t, Date.now)));
  for (const [index, server] of servers.entries()) {
    server.reported.posServerId = `6f1c1f8e-0000-4000-8000-${String(index).padStart(12, "0")}`;
    server.logs.set("sync.log", { content: Buffer.from("обмен\n"), modifiedAt: new Date().toISOString() });
  }
  const registry = await startMonitor(t);
  const { dataDir } = registry;
  for (const { address } of servers) await registry.addPosServer({ address });
  await registry.app.close();
  const asked = () => servers.filter(({ listed }) => listed.length > 0).length;
  let monitor = await startMonitorProcess(t, dataDir);
  await waitFor(async () => {
    const known = await withDatabase(dataDir, (db) =>
      db.selectFrom("posServer").select("id").where("identity", "is not", null).execute(),
    );
    return known.length === COUNT;
  });
  for (const server of servers) server.always = (response) => void response.setTimeout(0);
  await monitor.post("/batches", {
    kind: "logs",
    all: "1",
    list: "/pos-servers",
    isFilled: "1",
    from: new Date(Date.now() - 86_400_000).toISOString().slice(0, 16),
    to: new Date(Date.now() + 86_400_000).toISOString().slice(0, 16),
    maxMegabytes: "10",
  });
  await waitFor(() => asked() >= 4);
  await monitor.end("SIGKILL");
  const { items } = await read(dataDir);
  t.ok(
    items.some(({ status }) => status === "running") && items.some(({ status }) => status === "queued"),
    "it was in the midst of it",
  );
  for (const server of servers) server.always = null;
  for (const share of [COUNT / 2, COUNT]) {
    monitor = await startMonitorProcess(t, dataDir);
    await waitFor(async () => {
      const { items } = await read(dataDir);
      return items.filter(({ status }) => status === "done").length >= share;
    });
    await monitor.end("SIGKILL");
  }
  const { items: ended, requests, events } = await read(dataDir);
  const ends = ended.map(({ status, code }) => [status, code]);
  t.same(ends, Array(COUNT).fill(["done", null]));
  t.equal(new Set(ended.map(({ requestId }) => requestId)).size, COUNT);
  t.same(new Set(requests.map(({ posServerId }) => posServerId)).size, COUNT);
  t.equal(requests.length, COUNT, "nobody is asked twice");
  const ofBatch = events.filter(({ batchId }) => batchId === 1).map(({ action }) => action);
  t.same(ofBatch, [...Array(COUNT).fill("log_request"), ...Array(COUNT).fill("log_request_end")]);
});
