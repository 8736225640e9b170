import t from "tap";
import { noteRestoredExchanges } from "../../../src/monitor/repairs/service-starts/note-restored-exchanges.ts";
import { rowsOf, textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { waitFor } from "../../helpers/wait-for.ts";

async function start({ user, posServerId }: ResetScene): Promise<string> {
  const answer = await user.post(`/pos-servers/${posServerId}/service-starts`);
  return String(answer.headers.location);
}

async function end({ monitor, work }: ResetScene): Promise<void> {
  await waitFor(async () => {
    await work();
    const open = monitor.db.selectFrom("serviceStart").select("id").where("finishedAt", "is", null);
    return (await open.execute()).length === 0;
  });
}

t.test("a stopped service is offered in its row, started, and followed", async (t) => {
  const scene = await startResetScene(t, { service: "stopped" });
  const { monitor, posServer, posServerId, user } = scene;
  await monitor.app.pollNow(posServerId);
  const [row] = rowsOf(await user.html("/pos-servers"));
  t.match(row?.html, `href="/pos-servers/${posServerId}/service-starts/new"`);
  const dialog = await user.get(`/pos-servers/${posServerId}/service-starts/new`);
  t.match(textOf(dialog.body), /Запустить службу POS-сервера «Тверская, 12»\?/);

  const url = await start(scene);
  t.match(url, /^\/service-starts\/\d+$/);
  await end(scene);
  t.match(await user.text(url), /✓ Служба запущена/);
  t.equal(posServer.starts.length, 1);
  t.equal(posServer.service, "running");
  monitor.clock.advance(2_000);
  const [after] = rowsOf(await user.html("/pos-servers"));
  t.equal(after?.state, "synced", "the row is fresh at once");
  t.notMatch(after?.html, /service-starts/);
  const late = await user.html(`/pos-servers/${posServerId}/service-starts/new`);
  t.match(textOf(late), /⚠ Служба уже работает, запускать её не нужно\./);
  t.notMatch(late, /button-primary|будет запущена/);
});

t.test("whoever looks on has it polled every 5 s, and nobody else", async (t) => {
  const scene = await startResetScene(t, { service: "stopped", exchanges: false });
  const { monitor, posServer, user } = scene;
  const { poller } = monitor.app;
  const url = await start(scene);
  await end(scene);
  const polls = () => posServer.requests.filter((request) => request.endsWith("/v1/status")).length;
  const ticksLater = async (ms: number) => {
    monitor.clock.advance(ms);
    await poller.tick();
    await poller.idle();
    return polls();
  };
  await ticksLater(0);
  await ticksLater(1_000);
  const before = await ticksLater(1_000);
  t.equal(await ticksLater(6_000), before, "nobody looks on");
  await user.get(url);
  t.equal(await ticksLater(1_000), before + 1);
  await user.get(url);
  t.equal(await ticksLater(1_000), before + 1, "not before 5 s are over");
  await ticksLater(4_000);
  await user.get(url);
  t.equal(await ticksLater(1_000), before + 2);
});

t.test("who starts it while it is being started joins, and lost answers start it once", async (t) => {
  const scene = await startResetScene(t, { service: "stopped", isSlow: true, answersToLose: 3 });
  const first = await start(scene);
  t.equal(await start(scene), first);
  scene.posServer.isSlow = false;
  await end(scene);
  t.equal(scene.posServer.starts.length, 1);
});

t.test("what the POS server says of a failure is shown, in the audit log too", async (t) => {
  const startError = { error: "start_failed", message: "Access is denied" };
  const scene = await startResetScene(t, { service: "stopped", startError });
  const url = await start(scene);
  await end(scene);
  const says = /Службу не удалось запустить: Access is denied/;
  t.match(await scene.user.text(url), says);
  t.match(await scene.user.text("/audit"), /Итог запуска службы.*не удалось/);
  t.match(await scene.user.text("/audit"), says);
});

t.test("while a reset moves the database nothing is started", async (t) => {
  const scene = await startResetScene(t, { isSlow: true });
  const id = await scene.askForReset();
  await waitFor(() => scene.posServer.resets.length === 1);
  const answer = await scene.user.post(`/pos-servers/${scene.posServerId}/service-starts`);
  t.equal(answer.statusCode, 409);
  t.match(textOf(answer.body), /Идёт сброс базы данных: пока её файлы переносятся, службу запускать нельзя/);
  scene.posServer.isSlow = false;
  await scene.runTo(id, "awaiting_sync");
  t.same(scene.posServer.starts, []);
});

/** A POS server whose service runs, and whose agent can restart it unless told. */
async function startScene(
  t: Parameters<typeof startResetScene>[0],
  changes: Parameters<typeof startResetScene>[1],
) {
  const scene = await startResetScene(t, { canRestart: true, ...changes });
  await scene.monitor.app.pollNow(scene.posServerId);
  return { ...scene, base: `/pos-servers/${scene.posServerId}` };
}

t.test("a service is restarted from its page, and followed until its exchange works", async (t) => {
  const scene = await startScene(t, { isSlow: true });
  const { monitor, posServer, user, base } = scene;
  t.match(await user.html(base), `href="${base}/service-restarts/new"`);
  const dialog = textOf(await user.html(`${base}/service-restarts/new`));
  t.match(dialog, /Перезапустить службу POS-сервера «Тверская, 12»\? .* iikoCard5POS будет остановлена/);

  const url = String((await user.post(`${base}/service-restarts`)).headers.location);
  t.match(url, /^\/service-starts\/\d+$/);
  await scene.monitor.app.serviceStarts.tick();
  const stepsOf = (html: string) => [...html.matchAll(/data-step-state="(\w+)"/g)].map(([, state]) => state);
  await waitFor(async () => stepsOf(await user.html(url))[0] === "current");
  t.match(rowsOf(await user.html("/pos-servers"))[0]?.text, "Служба перезапускается");
  t.match(rowsOf(await user.html("/pos-servers"))[0]?.html, `href="${url}"`);
  monitor.clock.advance(1_000);
  posServer.isSlow = false;
  await end(scene);
  t.equal(posServer.restarts.length, 1);
  t.same(posServer.starts, []);
  monitor.clock.advance(2_000);
  await monitor.app.pollNow(scene.posServerId);
  await noteRestoredExchanges(monitor.db, monitor.clock());
  const followed = await user.html(url);
  t.same(stepsOf(followed), ["past", "past", "done"], "nothing is known of its port");
  t.match(
    textOf(followed),
    /Остановить службу Запустить службу Обмен восстановлен за \d+ с Закрыть Следующая проблема ›/,
  );
  t.match(await user.text("/audit"), /Перезапуск службы/);
  t.match(await user.text(base), /Перезапуск службы: Анна Иванова/);
});

t.test("what it failed with is said, and it can be repeated", async (t) => {
  const scene = await startScene(t, { startError: { error: "stop_timeout", message: "it is stopping" } });
  const url = String((await scene.user.post(`${scene.base}/service-restarts`)).headers.location);
  await end(scene);
  const html = await scene.user.html(url);
  t.match(textOf(html), /Служба не перезапущена .*it is stopping/s);
  t.match(html, `data-dialog href="${scene.base}/service-restarts/new"`);
  t.match(html, 'data-step-state="broken"');
});

t.test("an agent that cannot restart is not asked, and a stopped service is started instead", async (t) => {
  const scene = await startScene(t, { canRestart: null });
  const { monitor, posServer, user, base } = scene;
  const dialog = () => user.text(`${base}/service-restarts/new`);
  t.notMatch(await user.html("/pos-servers"), "service-restarts");
  t.match(await dialog(), /⚠ Служба не перезапущена\. Агент .* не может/);
  t.equal((await user.post(`${base}/service-restarts`)).statusCode, 422);
  await end(scene);
  t.notOk(posServer.requests.some((request) => request.includes("restarts")));

  Object.assign(posServer, { canRestart: true, service: "stopped" });
  monitor.clock.advance(60_000);
  await monitor.app.pollNow(scene.posServerId);
  t.match(await dialog(), "⚠ Служба остановлена: запустите её.");
  t.notMatch(await user.html("/pos-servers"), "service-restarts");
});
