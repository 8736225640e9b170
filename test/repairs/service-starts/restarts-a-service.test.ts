import t from "tap";
import { noteRestoredExchanges } from "../../../src/monitor/repairs/service-starts/note-restored-exchanges.ts";
import { rowsOf, textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { waitFor } from "../../helpers/wait-for.ts";

/** A POS server whose service runs, and whose agent can restart it unless told. */
async function startScene(
  t: Parameters<typeof startResetScene>[0],
  changes: Parameters<typeof startResetScene>[1],
) {
  const scene = await startResetScene(t, { canRestart: true, ...changes });
  await scene.monitor.app.pollNow(scene.posServerId);
  return { ...scene, base: `/pos-servers/${scene.posServerId}` };
}

async function end({ monitor, work }: ResetScene): Promise<void> {
  await waitFor(async () => {
    await work();
    const open = monitor.db.selectFrom("serviceStart").select("id").where("finishedAt", "is", null);
    return (await open.execute()).length === 0;
  });
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
  const unable = await startScene(t, { canRestart: null });
  t.notMatch(await unable.user.html("/pos-servers"), "service-restarts");
  t.match(
    await unable.user.text(`${unable.base}/service-restarts/new`),
    /⚠ Служба не перезапущена\. Агент .* не может/,
  );
  t.equal((await unable.user.post(`${unable.base}/service-restarts`)).statusCode, 422);
  await end(unable);
  t.same(
    unable.posServer.requests.filter((request) => request.includes("restarts")),
    [],
  );

  const stopped = await startScene(t, { service: "stopped" });
  t.match(
    await stopped.user.text(`${stopped.base}/service-restarts/new`),
    "⚠ Служба остановлена: запустите её.",
  );
  t.notMatch(await stopped.user.html("/pos-servers"), "service-restarts");
});
