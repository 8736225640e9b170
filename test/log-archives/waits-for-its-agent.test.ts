import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { PosClient } from "../../src/monitor/pos-client/client.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor } from "../helpers/app.ts";
import { createClock, DAY_MS, HOUR_MS } from "../helpers/clock.ts";
import { commandClient } from "../helpers/commands.ts";
import { makeDiallingAgent } from "../helpers/dialling-agent.ts";
import { getPage, signedIn, textOf } from "../helpers/page.ts";
import { waitFor } from "../helpers/wait-for.ts";

const PERIOD = { from: "2026-11-01T00:00", to: "2026-11-24T13:00", maxMegabytes: "100" };
const WAITS = /Ждём, когда агент выйдет на связь, до 25\.11 13:00\./;

async function startScene(t: Test, change: (client: PosClient) => PosClient = (client) => client) {
  const clock = createClock();
  const client = change(commandClient(t, { now: clock }));
  const monitor = await startMonitor(t, { client, clock });
  const { app } = monitor;
  const agent = await makeDiallingAgent(t, monitor, {
    monitor: await app.listen({ host: "127.0.0.1", port: 0 }),
  });
  await writeFile(join(agent.folder.logs, "sync.log"), "[2026-11-24 13:42:10,000] INFO [4] — обмен\n");
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  const { db } = app.database;
  const isConnected = () => client.agents.find(agent.id) !== null;
  const logs = () => db.selectFrom("logRequest").selectAll().orderBy("id", "desc").executeTakeFirstOrThrow();

  async function work(): Promise<void> {
    await app.logRequests.tick();
    await app.logRequests.idle();
  }

  return {
    ...{ app, monitor, clock, agent, user, db, logs, work, isConnected },
    async ask(): Promise<string> {
      const answer = await user.post(`/pos-servers/${agent.id}/log-requests`, PERIOD);
      if (answer.statusCode !== 303) throw new Error(`${answer.statusCode} ${textOf(answer.body)}`);
      return String(answer.headers.location);
    },
    text: async (path: string) => textOf((await getPage(app, path)).body),
    async workToEnd() {
      await waitFor(async () => {
        await work();
        return (await logs()).finishedAt !== null;
      });
    },
    async dialIn() {
      const running = await agent.start();
      await waitFor(isConnected);
      return running;
    },
  };
}

t.test("logs wait a day for their agent, say so, and come when it dials in", async (t) => {
  const { agent, db, ask, work, logs, text, dialIn, workToEnd } = await startScene(t);
  const query = new URLSearchParams(PERIOD);
  const preview = await text(`/pos-servers/${agent.id}/log-requests/preview?${query}`);
  t.match(preview, /Агент сейчас не на связи\. Запрос подождёт его сутки/);
  const address = await ask();
  for (let times = 0; times < 3; times++) await work();
  t.match(await logs(), { status: "queued", finishedAt: null });
  t.match(await text(address), WAITS);
  t.match(await text(`/pos-servers/${agent.id}`), /ждёт агента до 25\.11 13:00/);
  t.match(await text(`/pos-servers/${agent.id}/log-requests/new`), /ждёт агента до 25\.11 13:00/);
  t.match(await text("/audit"), /запрос логов ждёт, когда агент выйдет на связь, до 25\.11 13:00/);
  const events = await db.selectFrom("auditEvent").select("id").where("action", "=", "agent_await").execute();
  t.equal(events.length, 1, "recorded once");
  await dialIn();
  await workToEnd();
  t.match(await logs(), { status: "done", receivedFiles: 1 });
});

t.test("they end when the agent has not come within the day", async (t) => {
  const { clock, ask, work, logs, text } = await startScene(t);
  const address = await ask();
  clock.advance(DAY_MS - 1);
  await work();
  t.equal((await logs()).finishedAt, null);
  clock.advance(1);
  await work();
  t.match(await logs(), { status: "failed", failureCode: "agent_absent" });
  t.match(await text(address), /Время ожидания прошло, а агента на связи не было/);
});

t.test("a clock that is set back makes them wait a day from then on", async (t) => {
  const { clock, ask, work, logs } = await startScene(t);
  await ask();
  clock.advance(-30 * DAY_MS);
  await work();
  t.match(await logs(), { status: "queued", finishedAt: null, expiresAt: clock() + DAY_MS });
});

t.test("whoever asks for the same once more has them wait a day from then on", async (t) => {
  const { agent, clock, ask, work, logs, text, monitor } = await startScene(t);
  const address = await ask();
  await work();
  clock.advance(23 * HOUR_MS);
  const other = await signedIn(monitor, { name: "Борис Ильин", organizations: "all" });
  const joined = await other.post(`/pos-servers/${agent.id}/log-requests`, PERIOD);
  t.equal(joined.headers.location, `${address}?joined=1`);
  t.match(await text(address), /Ждём, когда агент выйдет на связь, до 26\.11 12:00\./);
  t.match(
    await text("/audit"),
    /Борис Ильин.*запрос логов ждёт, когда агент выйдет на связь, до 26\.11 12:00/,
  );
  clock.advance(DAY_MS - 1);
  await work();
  t.match(await logs(), { finishedAt: null });
  clock.advance(1);
  await work();
  t.match(await logs(), { status: "failed", failureCode: "agent_absent" });
});

for (const isBack of [false, true]) {
  t.test(`they end when the POS server is parked; the agent ${isBack ? "is back" : "is away"}`, async (t) => {
    const { agent, db, clock, ask, work, logs, text, dialIn } = await startScene(t);
    const address = await ask();
    await work();
    await setParked(db, agent.id, true, clock());
    if (isBack) await dialIn();
    await work();
    t.match(await logs(), { status: "failed", failureCode: "parked" });
    t.match(await text(address), /Опрос этого POS-сервера приостановлен/);
  });
}

t.test("they can be cancelled while they wait", async (t) => {
  const { user, ask, work, logs, text } = await startScene(t);
  const address = await ask();
  await user.post(`${address}/cancellation`);
  t.match(await logs(), { status: "cancelled" });
  await work();
  t.match(await text(address), /Запрос отменён/);
});

t.test("an agent that goes in their midst is waited for, and the rest comes when it is back", async (t) => {
  let leave: (() => Promise<unknown>) | null = null;
  const scene = await startScene(t, (client) => ({
    ...client,
    async openLogArchive(...call) {
      await leave?.();
      leave = null;
      return await client.openLogArchive(...call);
    },
  }));
  const { ask, work, logs, text, dialIn, workToEnd, isConnected } = scene;
  const running = await dialIn();
  leave = async () => {
    await running.close();
    await waitFor(() => !isConnected());
  };
  const address = await ask();
  await waitFor(async () => {
    await work();
    return (await logs()).waitsSince !== null;
  });
  t.match(await logs(), { status: "queued", plannedFiles: 1, receivedFiles: 0 });
  t.match(await text(address), WAITS);
  await dialIn();
  await workToEnd();
  t.match(await logs(), { status: "done", receivedFiles: 1, waitsSince: null });
});
