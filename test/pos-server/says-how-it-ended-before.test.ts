import t, { type Test } from "tap";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { noteRestoredExchanges } from "../../src/monitor/repairs/service-starts/note-restored-exchanges.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { getHtml, signedIn, textOf } from "../helpers/page.ts";
import { startResetScene } from "../helpers/resets.ts";
import type { ResettablePosServer } from "../helpers/resettable-pos-server.ts";

const DAMAGED = "нарушена целостность базы";

const knownIn = (html: string) =>
  textOf(/<div class="known-before[\s\S]*?<\/ul>/.exec(html)?.[0] ?? "").replaceAll("\u00A0", " ");

type Scene = Awaited<ReturnType<typeof startResetScene>>;

/** Breaks a POS server, lets somebody repair it, and breaks it again. @returns what its page and its incident say then. */
async function repairAndBreakAgain(
  t: Test,
  broken: Partial<ResettablePosServer>,
  ask: (scene: Scene) => Promise<unknown>,
) {
  const scene = await startResetScene(t, { exchanges: false, canRestart: true, ...broken });
  const { monitor, posServer, posServerId, user, work } = scene;
  const { db, clock } = monitor;
  const poll = async (afterMs: number, changes: Partial<ResettablePosServer>) => {
    clock.advance(afterMs);
    Object.assign(posServer, changes);
    await monitor.app.pollNow(posServerId);
    await keepIncidents(db, clock());
    await work();
    await noteRestoredExchanges(db, clock());
  };
  await poll(0, {});
  clock.advance(5 * MINUTE_MS);
  await ask(scene);
  for (let times = 0; times < 5; times++) await work();
  // What polls see of a repair meanwhile is no other cause.
  await poll(2 * SECOND_MS, { service: "stopped" });
  await poll(2 * SECOND_MS, { service: "running", syncError: null });
  await poll(8 * SECOND_MS, { lastSuccessAt: clock() + 8 * SECOND_MS });
  await poll(8 * SECOND_MS, {});
  clock.advance(HOUR_MS);
  await poll(0, { ...broken, syncError: broken.syncError ?? null });
  const page = await user.html(`/pos-servers/${posServerId}`);
  t.equal(knownIn(await user.html("/incidents/2")), knownIn(page), "its incident says the same");
  t.match(page, /<a class="link thumb" href="\/incidents\/1">13:05<\/a>/);
  return knownIn(page);
}

t.test("a reset, a start and a restart are said to have ended what they ended", async (t) => {
  const post = (path: string) => (scene: Scene) =>
    scene.user.post(`/pos-servers/${scene.posServerId}/${path}`);
  const repairs: [string, Partial<ResettablePosServer>, (scene: Scene) => Promise<unknown>][] = [
    ["сброс БД", { syncError: DAMAGED }, ({ askForReset }) => askForReset()],
    ["запуск службы", { service: "stopped", syncError: null }, post("service-starts")],
    ["перезапуск службы", { syncError: "Ошибка 5 в X" }, post("service-restarts")],
  ];
  for (const [repair, broken, ask] of repairs) {
    const said = await repairAndBreakAgain(t, broken, ask);
    t.match(said, new RegExp(`^Так уже было 13:05 здесь: ${repair}, обмен вернулся за 1\\d с$`));
  }
});

/** It fails for so long, and then exchanges for an hour. */
async function failFor(monitor: TestMonitor, id: number, error: string, ms: number): Promise<void> {
  await monitor.report(id, { error, syncedAgoMs: 0 });
  monitor.clock.advance(ms);
  await monitor.report(id);
  monitor.clock.advance(HOUR_MS);
}

t.test("without a repair it passed by itself; the last time counts, here and elsewhere", async (t) => {
  const monitor = await startMonitor(t);
  const bakery = await monitor.addOrganization("Пекарня");
  const cafe = await monitor.addOrganization("Кафе <i>");
  const own = await monitor.addPosServer({ name: "Тверская, 12", organizationId: bakery });
  const near = await monitor.addPosServer({ name: "Арбат <b>", organizationId: bakery });
  const far = await monitor.addPosServer({ name: "Мира, 1", organizationId: cafe });
  for (const id of [own, near, far]) await monitor.report(id);
  for (const [id, minutes] of [
    [near, 3],
    [own, 20],
    [own, 14],
    [near, 5],
    [far, 7],
  ] as const)
    await failFor(monitor, id, `${DAMAGED} (${minutes})`, minutes * MINUTE_MS);
  await failFor(monitor, own, "Нет места на диске", MINUTE_MS);
  const manager = await signedIn(monitor, { organizations: [bakery] });
  const url = `/pos-servers/${own}`;
  const look = async () => [knownIn(await getHtml(monitor.app, url)), knownIn(await manager.html(url))];

  t.same(await look(), ["", ""], "nothing is wrong");
  await monitor.report(own, { error: DAMAGED, syncedAgoMs: 0 });
  const here = "Так уже было 15:37 здесь: восстановился сам через 14 мин";
  t.same(await look(), [
    `${here} 17:49 «Мира, 1», Кафе <i>: восстановился сам через 7 мин`,
    `${here} 16:42 «Арбат <b>»: восстановился сам через 5 мин`,
  ]);
  t.notMatch(await manager.html(url), /<b>»|<i>:/);
  t.match(
    knownIn(await getHtml(monitor.app, url, { language: "en" })),
    "Seen before 15:37 here: recovered by itself after 14 min 17:49 “Мира, 1”, Кафе <i>: recovered by itself",
  );
  await monitor.report(own, { error: "Нет места на диске", syncedAgoMs: 0 });
  t.same((await look())[0], "Так уже было 18:50 здесь: восстановился через 1 мин", "somebody made room");
  await monitor.report(far, { error: "Нет места на диске", syncedAgoMs: 0 });
  const there = knownIn(await getHtml(monitor.app, `/pos-servers/${far}`));
  t.match(there, /^Так уже было 18:50 «Тверская, 12», Пекарня: восстановился через 1 мин$/);
});

t.test("of an error that the catalogue does not know only the very same counts", async (t) => {
  const monitor = await startMonitor(t);
  const [id = 0] = await addExchanging(monitor, 1);
  await failFor(monitor, id, "Ошибка А 17", 2 * MINUTE_MS);
  await failFor(monitor, id, "Ошибка Б", 3 * MINUTE_MS);
  await monitor.report(id, { error: "Ошибка А 18", syncedAgoMs: 0 });
  const known = knownIn(await getHtml(monitor.app, `/pos-servers/${id}`));
  t.equal(known, "Так уже было 13:02 здесь: восстановился сам через 2 мин");
});

t.test("what a POS server had in common with others it remembers itself", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 6);
  await breakAll(monitor, ids);
  monitor.clock.advance(12 * MINUTE_MS);
  for (const id of ids) await monitor.report(id);
  monitor.clock.advance(HOUR_MS);
  await breakAll(monitor, ids.slice(0, 1));
  const known = knownIn(await getHtml(monitor.app, `/pos-servers/${ids[0]}`));
  t.equal(known, "Так уже было 13:12 здесь: восстановился сам через 12 мин");
});
