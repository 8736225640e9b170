import t from "tap";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { chipsOf, getPage, hrefOf, idsOf, textOf } from "../helpers/page.ts";

async function addHealthy(monitor: TestMonitor, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let index = 0; index < count; index++) {
    const id = await monitor.addPosServer();
    await monitor.report(id);
    ids.push(id);
  }
  return ids;
}

async function problemLine(monitor: TestMonitor, language: "ru" | "en" = "ru"): Promise<string> {
  const { body } = await getPage(monitor.app, "/pos-servers", { language });
  return textOf(body.match(/<p class="line line-problem">[\s\S]*?<\/p>/)?.[0] ?? "");
}

t.test("one line says that many report the same error, and shows exactly them", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addHealthy(monitor, 8);
  for (const id of ids.slice(0, 5)) await monitor.report(id, { error: `Ошибка ${id} на главном сервере` });
  await monitor.report(ids[5] ?? 0, { error: "своя ошибка" });
  t.match(
    await problemLine(monitor),
    "5 POS-серверов из 1 организации сообщают об одной ошибке «Ошибка 1 на главном сервере» с 13:00 — вероятно, причина на главном сервере.",
  );
  t.match(await problemLine(monitor, "en"), "5 POS servers of 1 organization report the same error");
  const { body } = await getPage(monitor.app, "/pos-servers");
  const url = hrefOf(body, /cause=/);
  const shown = await getPage(monitor.app, url);
  t.same(idsOf(shown.body).sort(), ids.slice(0, 5));
  t.match(textOf(shown.body), "С одной ошибкой: «Ошибка 1 на главном сервере»");
  t.equal(chipsOf(shown.body).sync_error, 6, "the chips count all the same");
});

t.test("polls that fail in the same way are told in other words", async (t) => {
  const monitor = await startMonitor(t);
  for (const id of await addHealthy(monitor, 5))
    await monitor.fail(id, "connect_refused", `refused 10.0.0.${id}:8443`);
  t.match(
    await problemLine(monitor),
    /^⚠ 5 POS-серверов из 1 организации не отвечают с 13:00 по одной причине: «refused 10\.0\.0\.1:8443»/,
  );
});

t.test("without a common failure there is no line, and it goes when it is over", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addHealthy(monitor, 5);
  t.equal(await problemLine(monitor), "");
  for (const id of ids) await monitor.report(id, { error: "boom" });
  monitor.clock.advance(5_000);
  t.match(await problemLine(monitor), "boom");
  for (const id of ids) await monitor.report(id);
  monitor.clock.advance(5_000);
  t.equal(await problemLine(monitor), "");
});
