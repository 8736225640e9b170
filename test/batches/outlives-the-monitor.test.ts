import t from "tap";
import { createItemWork } from "../../src/monitor/batches/work.ts";
import { WorkEndedError } from "../../src/monitor/requests/runner.ts";
import { textOf } from "../helpers/page.ts";
import { startResetScene } from "../helpers/resets.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readArchive } from "../helpers/zip-contents.ts";

t.test("logs of many come in one zip, and a batch that was interrupted asks for nothing twice", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, posServerId, user } = scene;
  const { app, clock } = monitor;
  const content = Buffer.from("2026-11-24 a line\n".repeat(50));
  posServer.logs.set("sync.log", { content, modifiedAt: new Date(clock() - 3_600_000).toISOString() });
  await app.pollNow(posServerId);
  const form = textOf((await user.post("/batches", { kind: "logs", id: String(posServerId) })).body);
  t.match(form, /Получить логи: 1 POS-сервер .*Период с .*Запросить логи/);
  const filled = { kind: "logs", id: String(posServerId), isFilled: "1" };
  const wrong = { ...filled, from: "", to: "x", maxMegabytes: "0" };
  const refused = await user.post("/batches", wrong);
  t.equal(refused.statusCode, 422);
  for (const field of ["from", "to", "maxMegabytes"]) t.match(refused.body, `problem-${field}`);
  const right = { ...wrong, from: "2026-11-23T00:00", to: "2026-11-24T13:00", maxMegabytes: "100" };
  const { headers } = await user.post("/batches", right);
  const url = String(headers.location);
  const { id } = await monitor.db.selectFrom("batchItem").select("id").executeTakeFirstOrThrow();

  // Killed as soon as the logs are asked for; the runner of another start goes on.
  const ending = new AbortController();
  const work = createItemWork(app, 5);
  const interrupted = work(id, ending.signal).catch((error: unknown) => error);
  const begun = () =>
    monitor.db.selectFrom("batchItem").select(["requestId", "status"]).executeTakeFirstOrThrow();
  await waitFor(async () => (await begun()).requestId !== null);
  ending.abort(new WorkEndedError("the monitor stops"));
  t.type(await interrupted, WorkEndedError);
  await waitFor(async () => {
    for (const runner of [app.logRequests, app.batchItems]) {
      await runner.tick();
      await runner.idle();
    }
    return (await begun()).status === "done";
  });
  t.equal((await monitor.db.selectFrom("logRequest").select("id").execute()).length, 1);
  const html = await user.html(url);
  t.match(textOf(html), /Готово 1 из 1 .*Скачать всё/);
  const zip = await user.get(`${url}/archives.zip`);
  t.equal(zip.headers["content-type"], "application/zip");
  t.equal(Number(zip.headers["content-length"]), zip.rawPayload.length);
  t.match([...(await readArchive(zip.rawPayload)).keys()], [/^pos-100237-tverskaya-12-2026-11-24\.zip$/]);
  const { db } = monitor;
  const { zipBytes } = await db.selectFrom("logArchive").select("zipBytes").executeTakeFirstOrThrow();
  t.match(textOf(html), `Скачать всё (${zipBytes} байт`, "the size is that of what comes");
  const downloads = db
    .selectFrom("auditEvent")
    .select("batchId")
    .where("action", "=", "log_archive_download");
  t.same(await downloads.execute(), [{ batchId: 1 }], "it belongs to the batch's entry");
});
