import { sql } from "kysely";
import t from "tap";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { restoredMs, runningSince } from "../../../src/monitor/repairs/commands/restored-exchange.ts";
import { noteRestoredExchanges } from "../../../src/monitor/repairs/service-starts/note-restored-exchanges.ts";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { START } from "../../helpers/clock.ts";
import { textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Its time is some milliseconds off, since it is moved to the clock of the monitor. */
const WITHIN_A_SECOND_MS = 500;
const PATIENCE_MS = 15 * MINUTE;

/** A service that was started 3 s after it was asked for, and does not exchange yet. @returns the address of the start. */
async function startService(scene: ResetScene): Promise<string> {
  const { monitor, posServer, posServerId, user } = scene;
  posServer.isSlow = true;
  const answer = await user.post(`/pos-servers/${posServerId}/service-starts`);
  await waitFor(() => posServer.starts.length > 0);
  monitor.clock.advance(3 * SECOND);
  posServer.isSlow = false;
  const { db } = monitor;
  await waitFor(async () => {
    await scene.work();
    const open = await db.selectFrom("serviceStart").select("id").where("finishedAt", "is", null).execute();
    return open.length === 0;
  });
  return String(answer.headers.location);
}

/** The POS server exchanges so much later, and is polled by its schedule another 8 s later. Nobody looks on. */
async function exchange({ monitor, posServer, posServerId }: ResetScene, afterMs: number): Promise<void> {
  monitor.clock.advance(afterMs + WITHIN_A_SECOND_MS);
  Object.assign(posServer, { syncError: null, lastSuccessAt: monitor.clock() });
  await poll({ monitor, posServerId }, 8 * SECOND);
}

async function poll({ monitor, posServerId }: Pick<ResetScene, "monitor" | "posServerId">, afterMs = 0) {
  monitor.clock.advance(afterMs);
  await monitor.app.pollNow(posServerId);
  await note({ monitor });
}

const note = ({ monitor }: Pick<ResetScene, "monitor">) => noteRestoredExchanges(monitor.db, monitor.clock());

const lookAt = async ({ user }: ResetScene, url: string) => {
  const { body } = await user.get(url, { "hx-request-type": "partial" });
  return { text: textOf(body), isPolled: body.includes(`hx-get="${url}"`) };
};
const restoredEvents = ({ monitor }: Pick<ResetScene, "monitor">) =>
  recordedEvents(monitor.db, "service_start_exchange");

async function startScene(t: Parameters<typeof startResetScene>[0], options = {}) {
  return await startResetScene(t, { service: "stopped", exchanges: false }, options);
}

t.test("the exchange that works again is told everywhere, from when the service ran", async (t) => {
  const scene = await startScene(t);
  const url = await startService(scene);
  await note(scene);
  t.match(await lookAt(scene, url), { text: /✓ Служба запущена .*Ждём первого обмена/, isPolled: true });
  t.same(await restoredEvents(scene), []);

  await exchange(scene, 20 * SECOND);
  t.match(await lookAt(scene, url), {
    text: /✓ Служба запущена .*✓ Обмен восстановлен за 20 с после запуска службы/,
    isPolled: false,
  });
  const times = [...(await lookAt(scene, url)).text.matchAll(/\d\d:\d\d:\d\d/g)].map(([time]) =>
    Date.parse(`2026-11-24T${time}Z`),
  );
  t.equal(Number(times.at(-1)) - Number(times.at(-2)), 20 * SECOND, "the times of its steps agree");
  const page = await scene.user.text(`/pos-servers/${scene.posServerId}`);
  t.match(page, /✓ обмен восстановлен за 20 с Запуск службы: Анна Иванова/);
  t.match(await scene.user.text("/audit"), /Обмен после запуска службы.*Обмен восстановлен за 20 с/);
  t.match(await restoredEvents(scene), [
    {
      userName: "Анна Иванова",
      subject: "Тверская, 12",
      result: "done",
      detail: [{ key: "exchangeRestored", values: { seconds: 20 } }],
    },
  ]);
  await exchange(scene, MINUTE);
  t.equal((await restoredEvents(scene)).length, 1, "it is told once");
  t.match(await lookAt(scene, url), { text: /за 20 с/ });
});

t.test("an exchange from before, with another trouble, or too late proves nothing", async (t) => {
  const scene = await startScene(t);
  const { posServer, monitor } = scene;
  const before = monitor.clock() - SECOND;
  const url = await startService(scene);
  Object.assign(posServer, { syncError: null, lastSuccessAt: before });
  await poll(scene, 5 * SECOND);
  Object.assign(posServer, { syncError: "снова", lastSuccessAt: monitor.clock() });
  await poll(scene, PATIENCE_MS - 6 * SECOND);
  t.match(await lookAt(scene, url), { text: /Ждём первого обмена/, isPolled: true });
  await poll(scene, SECOND);
  const late = { text: /Служба работает, но обмен за отведённое время не восстановился/, isPolled: false };
  t.match(await lookAt(scene, url), late);
  await exchange(scene, 5 * MINUTE);
  t.match(await lookAt(scene, url), late);
  t.same(await restoredEvents(scene), []);
});

t.test("one of which nobody was told for long is neither good nor bad", async (t) => {
  const scene = await startScene(t);
  const url = await startService(scene);
  await exchange(scene, PATIENCE_MS + MINUTE);
  const { text, isPolled } = await lookAt(scene, url);
  t.match(text, /Служба запущена/);
  t.notMatch(text, /[Оо]бмен/);
  t.notOk(isPolled);
  t.same(await restoredEvents(scene), []);
});

t.test("nobody waits for one whose POS server is polled no more", async (t) => {
  const scene = await startScene(t);
  const { db } = scene.monitor;
  const url = await startService(scene);
  scene.monitor.clock.advance(PATIENCE_MS + MINUTE);
  await note(scene);
  t.match(await lookAt(scene, url), { text: /Ждём первого обмена/ }, "its next poll may still tell");
  scene.monitor.clock.advance(2 * 60 * MINUTE);
  await note(scene);
  const { text, isPolled } = await lookAt(scene, url);
  t.notMatch(text, /[Оо]бмен/);
  t.notOk(isPolled);

  await startService(scene);
  await setArchived(db, 1, scene.monitor.clock());
  await note(scene);
  const exchanges = await db.selectFrom("serviceStart").select("exchange").execute();
  t.same(exchanges, [{ exchange: null }, { exchange: null }]);
  t.same(await restoredEvents(scene), []);
});

t.test("one that cannot be noted keeps no other from it, and is told", async (t) => {
  const scene = await startScene(t);
  await startService(scene);
  const second = await startService(scene);
  await sql`create trigger broken before update on service_start when new.id = 1
    begin select raise(abort, 'broken row'); end`.execute(scene.monitor.db);
  await t.rejects(exchange(scene, 20 * SECOND), { name: "AggregateError", message: /broken row/ });
  t.match((await lookAt(scene, second)).text, /Обмен восстановлен за 20 с/);
});

t.test("after a newer command it is that one's", async (t) => {
  const scene = await startScene(t);
  const first = await startService(scene);
  const second = await startService(scene);
  t.not(first, second);
  await exchange(scene, 20 * SECOND);
  t.notMatch((await lookAt(scene, first)).text, /[Оо]бмен/);
  t.match((await lookAt(scene, second)).text, /Обмен восстановлен за 20 с/);
  t.equal((await restoredEvents(scene)).length, 1);
});

t.test("after a reset, and when a reset waits for the start, it is the reset's", async (t) => {
  const scene = await startScene(t);
  await startService(scene);
  const id = await scene.askForReset({ crmId: "100237" });
  await scene.runTo(id, "awaiting_start");
  await startService(scene);
  await scene.runTo(id, "awaiting_sync");
  await exchange(scene, 20 * SECOND);
  await scene.runTo(id, "done");
  await note(scene);
  t.same(await restoredEvents(scene), []);
  const ends = await recordedEvents(scene.monitor.db, "database_reset_end");
  t.match(ends, [{ detail: [{ key: "exchangeRestored", values: { seconds: 20 } }] }]);
  const page = await scene.user.text(`/database-resets/${id}`);
  t.match(page, /· 20 с Обмен восстановлен за 20 с после запуска службы \d\d:\d\d:\d\d/);
  const card = await scene.user.text(`/pos-servers/${scene.posServerId}`);
  t.match(card, /✓ обмен восстановлен за 20 с Сброс БД: Анна Иванова/);
});

t.test("where the clock was set back, or its polls are paused, nothing is told", async (t) => {
  for (const disturb of [
    async ({ monitor }: ResetScene) => monitor.clock.advance(-60 * MINUTE),
    async ({ monitor, posServerId }: ResetScene) =>
      await setParked(monitor.db, posServerId, true, monitor.clock()),
  ]) {
    const scene = await startScene(t);
    await startService(scene);
    await disturb(scene);
    await note(scene);
    await exchange(scene, 61 * MINUTE);
    t.same(await restoredEvents(scene), []);
  }
});

const run = { commandedAt: START, knownAt: START + 5_000, reportedAt: START + 3_000 };

t.test("a service ran from when it was known to, or began earlier by its own report", async (t) => {
  t.equal(runningSince(run, START + 25_000), START + 5_000);
  t.equal(runningSince(run, START + 4_000), START + 3_000, "the exchange came before anybody knew");
  const untold = { ...run, reportedAt: null };
  t.equal(runningSince(untold, START + 4_000), START, "nobody knows: not before it was told");
  t.equal(runningSince({ ...run, reportedAt: START - 1 }, START + 4_000), START, "that was another start");
  t.equal(runningSince({ ...run, reportedAt: START + 4_500 }, START + 4_000), START, "so was that");
  t.equal(restoredMs({ runsAt: START + 900, syncedAt: START + 20_100 }), 20_000);
  t.equal(restoredMs({ runsAt: START, syncedAt: START + 400 }), 1_000);
  t.equal(restoredMs({ runsAt: null, syncedAt: null }), null, "no exchange is known");
});
