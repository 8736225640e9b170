import t, { type Test } from "tap";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { DAY_MS, HOUR_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { happenInNext, startDiallingScene } from "../helpers/dialling-scene.ts";
import { signedIn } from "../helpers/page.ts";

const PERIOD = { from: "2026-11-01T00:00", to: "2026-11-24T13:00", maxMegabytes: "100" };
const WAITS = /Ждём, когда агент выйдет на связь, до 25\.11 13:00\./;

async function startScene(t: Test) {
  const scene = await startDiallingScene(t);
  return { ...scene, ask: async () => await scene.ask("log-requests", PERIOD) };
}

t.test("logs wait a day for their agent, say so, and come when it dials in", async (t) => {
  const { agent, db, ask, work, logs, text, dialIn, untilLogsEnd } = await startScene(t);
  const address = await ask();
  for (let times = 0; times < 3; times++) await work();
  t.match(await logs(), { status: "queued", finishedAt: null });
  t.match(await text(address), WAITS);
  t.match(await text(`/pos-servers/${agent.id}`), /ждёт агента до 25\.11 13:00/);
  t.match(await text(`/pos-servers/${agent.id}/log-requests/new`), /ждёт агента до 25\.11 13:00/);
  t.match(await text("/audit"), /запрос логов ждёт, когда агент выйдет на связь, до 25\.11 13:00/);
  t.equal((await recordedEvents(db, "agent_await")).length, 1, "recorded once");
  await dialIn();
  await untilLogsEnd();
  t.match(await logs(), { status: "done", receivedFiles: 1 });
});

t.test("they end after a day without the agent, begun anew when the clock is set back", async (t) => {
  const { clock, ask, work, logs, text } = await startScene(t);
  const address = await ask();
  clock.advance(-30 * DAY_MS);
  await work();
  t.match(await logs(), { status: "queued", finishedAt: null, expiresAt: clock() + DAY_MS });
  clock.advance(DAY_MS - 1);
  await work();
  t.equal((await logs()).finishedAt, null);
  clock.advance(1);
  await work();
  t.match(await logs(), { status: "failed", failureCode: "agent_absent" });
  t.match(await text(address), /Время ожидания прошло, а агента на связи не было/);
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
  const audit = await text("/audit");
  t.match(audit, /Борис Ильин.*запрос логов ждёт, когда агент выйдет на связь, до 26\.11 12:00/);
  t.match(await logs(), { finishedAt: null, expiresAt: clock() + DAY_MS });
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
  const { client, ask, logs, text, dialIn, workUntil, untilLogsEnd } = await startScene(t);
  happenInNext(client, "openLogArchive", await dialIn());
  const address = await ask();
  await workUntil(async () => (await logs()).waitsSince !== null);
  t.match(await logs(), { status: "queued", plannedFiles: 1, receivedFiles: 0 });
  t.match(await text(address), WAITS);
  await dialIn();
  await untilLogsEnd();
  t.match(await logs(), { status: "done", receivedFiles: 1, waitsSince: null });
});
