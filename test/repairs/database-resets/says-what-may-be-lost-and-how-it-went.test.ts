import t, { type Test } from "tap";
import { MINUTE_MS, SECOND_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { getHtml, textOf } from "../../helpers/page.ts";
import { startResetScene } from "../../helpers/resets.ts";
import type { ResettablePosServer } from "../../helpers/resettable-pos-server.ts";
import { changeRows } from "../../helpers/rows.ts";

t.test("what was told of a step stays when the reset is done", async (t) => {
  const scene = await startResetScene(t, { exchanges: false });
  const { monitor, posServer, askForReset, runTo, user } = scene;
  const id = await askForReset({ crmId: "100237" });
  await runTo(id, "awaiting_start");
  const startedAt = monitor.clock() + 20 * SECOND_MS;
  Object.assign(posServer, { service: "running", databaseCreatedAt: startedAt });
  monitor.clock.advance(60 * SECOND_MS);
  await monitor.app.pollNow(scene.posServerId);
  await runTo(id, "awaiting_sync");
  const told = async () =>
    [...(await user.text(`/database-resets/${id}`)).matchAll(/\d\d:\d\d:\d\d/g)].map(([time]) => time);
  const before = await told();
  monitor.clock.advance(10 * SECOND_MS);
  Object.assign(posServer, { syncError: null, lastSuccessAt: startedAt + 20 * SECOND_MS });
  await runTo(id, "done");
  const after = await told();
  t.ok(before.length > 1);
  t.same(after.slice(0, before.length), before);
  t.same(after, [...after].sort());
});

t.test("the page goes by what the reset did, and not by a report from before", async (t) => {
  const scene = await startResetScene(t, { exchanges: false });
  const { monitor, posServer, posServerId, askForReset, runTo, user } = scene;
  const id = await askForReset();
  const look = async () => await user.text(`/database-resets/${id}`);
  await runTo(id, "awaiting_sync");
  await changeRows(monitor.db, "posStatus", { serviceState: "stopped" });
  t.match(await look(), /Служба запущена, ждём первого обмена/);
  t.notMatch(await look(), /Запустить службу/);
  posServer.service = "stopped";
  monitor.clock.advance(10 * SECOND_MS);
  await monitor.app.pollNow(posServerId);
  t.match(await look(), /Запустить службу/);

  await monitor.db.deleteFrom("databaseResetStep").where("step", "!=", "resetting").execute();
  await changeRows(monitor.db, "databaseReset", { step: "resetting", commandStep: "moving_database" });
  t.match(
    await look(),
    /Убираем базу данных в резерв \S+ Дождаться первого обмена Файлы базы данных переносятся в резерв/,
  );
  await changeRows(monitor.db, "databaseReset", { commandStep: "starting_service" });
  t.match(
    await look(),
    /База данных убрана в резерв \S+ Запускаем службу Дождаться первого обмена Служба запускается/,
  );
});

async function pageOfFailed(t: Test, changes: Partial<ResettablePosServer>): Promise<string> {
  const { monitor, posServerId, askForReset, runTo, user } = await startResetScene(t, changes);
  await monitor.app.pollNow(posServerId);
  const id = await askForReset();
  await runTo(id, "failed");
  return await user.text(`/database-resets/${id}`);
}

t.test("a reset of a database that another program holds says what its page says", async (t) => {
  const message = "pos.db is open in another program";
  const resetError = { error: "database_in_use", message, isMoved: false };
  const held = await pageOfFailed(t, { resetError, syncError: "database is locked" });
  t.match(held, /База данных не убрана в резерв .* перезапустите службу\. Сброс не поможет/);
  t.notMatch(held, /ещё раз/);

  const damaged = await pageOfFailed(t, { resetError });
  const again = /Закройте .* и сбросьте базу ещё раз.*Сбросить ещё раз/;
  t.match(damaged, again, "what a reset helps is tried again");
  t.notMatch(damaged, /Убираем/, "a step that came to nothing does not go on in words");
});

async function dialogOf({ app }: TestMonitor, id: number) {
  const body = await getHtml(app, `/pos-servers/${id}/database-resets/new`);
  return { text: textOf(body).replaceAll("\u00A0", " "), html: body };
}

t.test("the dialog says since when operations may exist in that database only", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: 168 * MINUTE_MS });
  const { text, html } = await dialogOf(monitor, id);
  t.match(
    text,
    /Последний обмен 2 ч 48 мин назад: операции после 10:12 могут быть не переданы на главный сервер\. Прежняя база останется в резерве\./,
  );
  t.notMatch(html, "line-warning");
  t.notMatch(html, "button-danger", "red is for what is wrong");

  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: null });
  const unknown = await dialogOf(monitor, id);
  t.match(unknown.text, /Когда был последний обмен, неизвестно: операции этого POS-сервера могут/);

  await monitor.report(id, { agent: null });
  const unpromised = /будет перенесена в резервную папку на POS-сервере\. Логи останутся на месте\./;
  t.match((await dialogOf(monitor, id)).text, unpromised, "its agent does not say how long it keeps it");
  await monitor.report(id, { agent: { quarantineDays: 1 } });
  t.match((await dialogOf(monitor, id)).text, /и храниться там 1 день\./);
});

const WARNINGS: Record<string, [(monitor: TestMonitor, id: number) => Promise<void>, RegExp]> = {
  "the exchange works": [
    async ({ report }, id) => report(id),
    /⚠ Обмен работает: сбрасывать базу, скорее всего, незачем\./,
  ],
  "the main server does not answer": [
    async ({ report }, id) => report(id, { error: "Нет связи с главным сервером: соединение разорвано" }),
    /⚠ POS-сервер не может связаться с главным сервером: сброс базы здесь не поможет\./,
  ],
  "the disk is full": [
    async ({ report }, id) => report(id, { error: "There is not enough space on the disk." }),
    /⚠ Причина, судя по всему, не в базе: сброс её не устранит\./,
  ],
  "the POS server does not answer": [
    async ({ fail }, id) => fail(id),
    /⚠ POS-сервер не отвечает: пока связи нет, сброс не начнётся\./,
  ],
  "many have the same error": [
    async (monitor, id) => {
      await monitor.report(id, { error: "ошибка 17" });
      for (let others = 0; others < 4; others += 1) {
        await monitor.report(await monitor.addPosServer(), { error: "ошибка 17" });
      }
    },
    /⚠ Такая же ошибка у многих POS-серверов/,
  ],
};

t.test("the dialog warns where a reset does not help or cannot begin", async (t) => {
  const monitor = await startMonitor(t);
  for (const [name, [happens, warning]] of Object.entries(WARNINGS)) {
    const id = await monitor.addPosServer();
    await happens(monitor, id);
    t.match((await dialogOf(monitor, id)).text, warning, name);
  }
});
