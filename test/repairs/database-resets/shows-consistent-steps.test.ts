import t from "tap";
import { SECOND_MS } from "../../helpers/clock.ts";
import { startResetScene } from "../../helpers/resets.ts";

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

t.test("once the service is being started the database is out of the way", async (t) => {
  const { monitor, askForReset, runTo, user } = await startResetScene(t, { exchanges: false });
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  const { db } = monitor;
  await db.deleteFrom("databaseResetStep").where("step", "!=", "resetting").execute();
  const tellStep = async (commandStep: "moving_database" | "starting_service") => {
    await db.updateTable("databaseReset").set({ step: "resetting", commandStep }).execute();
    return await user.text(`/database-resets/${id}`);
  };
  t.match(
    await tellStep("moving_database"),
    /Убираем базу данных в резерв \S+ Дождаться первого обмена Файлы базы данных переносятся в резерв/,
  );
  t.match(
    await tellStep("starting_service"),
    /База данных убрана в резерв \S+ Запускаем службу Дождаться первого обмена Служба запускается/,
  );
});

t.test("a report from before the start says nothing of the service that was started", async (t) => {
  const { monitor, posServer, posServerId, askForReset, runTo, user } = await startResetScene(t, {
    exchanges: false,
  });
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  const { db } = monitor;
  await db.updateTable("posStatus").set({ serviceState: "stopped" }).execute();
  const look = async () => await user.text(`/database-resets/${id}`);
  const page = await look();
  t.match(page, /Служба запущена, ждём первого обмена/);
  t.notMatch(page, /Запустить службу/);

  posServer.service = "stopped";
  monitor.clock.advance(10 * SECOND_MS);
  await monitor.app.pollNow(posServerId);
  t.match(await look(), /Запустить службу/);
});

t.test("the page is of one moment, whatever is decided while it is read", async (t) => {
  let decide = async () => {};
  let deciding = Promise.resolve();
  const scene = await startResetScene(
    t,
    { exchanges: false },
    {
      prepare: (app) =>
        app.addHook("preHandler", async () => {
          deciding = decide();
        }),
    },
  );
  const { monitor, askForReset, runTo, user } = scene;
  const { db } = monitor;
  const id = await askForReset();
  await runTo(id, "awaiting_sync");
  let turnsLater = 0;
  decide = async () => {
    for (let turn = 0; turn < turnsLater; turn++) await null;
    for (const step of ["starting", "awaiting_sync", "starting", "awaiting_sync", "starting"] as const) {
      await db.transaction().execute(async (trx) => {
        await trx.deleteFrom("databaseResetStep").execute();
        await trx.updateTable("databaseReset").set({ step }).execute();
        const entered = { databaseResetId: id, step, at: monitor.clock() };
        await trx.insertInto("databaseResetStep").values(entered).execute();
      });
    }
  };
  for (; turnsLater < 120; turnsLater += 3) {
    const text = await user.text(`/database-resets/${id}`);
    t.equal(/Запускаем службу/.test(text), /Служба запускается\./.test(text));
    await deciding;
  }
});
