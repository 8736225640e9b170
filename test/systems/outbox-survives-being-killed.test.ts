import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import t, { type Test } from "tap";
import { startMonitor } from "../helpers/app.ts";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { createClock } from "../helpers/clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { addChannel, addRule, type TestChannel } from "../helpers/notifications.ts";
import { listenSmtp } from "../helpers/scripted-smtp.ts";
import { waitFor } from "../helpers/wait-for.ts";

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
