import t from "tap";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, hrefOf, idsOf, rowsOf, segmentsOf, textOf } from "../helpers/page.ts";

/** The rows of common causes, and what they say. */
function causesOf(body: string): { id: string; text: string }[] {
  return [...body.matchAll(/<tr id="(cause-\w+)"[\s\S]*?<\/tr>/g)].map(([row, id = ""]) => ({
    id,
    text: textOf(row),
  }));
}

async function pageOf(monitor: TestMonitor, query = "", language: "ru" | "en" = "ru"): Promise<string> {
  return await getHtml(monitor.app, `/pos-servers${query}`, { language });
}

t.test("many with the same error are one row, which opens and leads to all of them", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 8);
  t.same(causesOf(await pageOf(monitor)), [], "none is without a common failure");
  for (const id of ids.slice(0, 5)) await monitor.report(id, { error: `Ошибка ${id} на главном сервере` });
  await monitor.report(ids[5] ?? 0, { error: "своя ошибка" });
  const folded = await pageOf(monitor);
  const [cause] = causesOf(folded);
  t.equal(
    cause?.text,
    "5 POS-серверов · одна причина: Ошибка 1 на главном сервере с 13:00 — вероятно, дело в главном сервере · 1 организация · последний отказ в 13:00 · Инцидент Проверить связь у всех Занимаюсь ⋯ 5 POS-серверов · одна причина: Получить логи Запустить службу Приостановить опрос Добавить теги",
  );
  t.same(idsOf(folded), ids.slice(5), "the others stand below");
  t.equal(segmentsOf(folded).sync_error, 6, "the segments count them all the same");
  t.match(textOf(folded), "8 POS-серверов");
  t.match(textOf(folded), "6 проблем из 8 5 — одна причина 6 новых за час");
  t.match(causesOf(await pageOf(monitor, "", "en"))[0]?.text, "5 POS servers · one cause: Ошибка 1");

  const open = hrefOf(folded, /class="cause-toggle"/);
  t.equal(open, `/pos-servers?open=${cause?.id.replace("cause-", "")}#${cause?.id}`);
  const opened = await pageOf(monitor, open.replace("/pos-servers", "").replace(/#.*/, ""));
  t.same(idsOf(opened), [...ids.slice(0, 5), ...ids.slice(5)]);
  t.match(opened, /class="cause-toggle"[^>]*aria-expanded="true"/);
  t.equal(hrefOf(opened, /class="cause-toggle"/), `/pos-servers#${cause?.id}`);
  const recommended = rowsOf(opened).find(({ id }) => id === ids[0]);
  t.notMatch(recommended?.html, "button-primary", "nothing to do at one of them");

  const state = await pageOf(monitor, "?state=sync_error");
  t.same(causesOf(state), [], "the list of a state has each of them");
  t.equal(idsOf(state).length, 6);

  for (const id of ids) await monitor.report(id);
  monitor.clock.advance(5_000);
  t.same(causesOf(await pageOf(monitor)), [], "it goes when it is over");
});

t.test("polls that fail in the same way point to the network, those that never answered too", async (t) => {
  const monitor = await startMonitor(t);
  const ids = await addExchanging(monitor, 3);
  for (let count = 0; count < 3; count++) ids.push(await monitor.addPosServer());
  for (const id of ids) await monitor.fail(id, "connect_refused", `refused 10.0.0.${id}:8443`);
  const [cause] = causesOf(await pageOf(monitor));
  t.match(
    cause?.text,
    /^6 POS-серверов · одна причина: POS-сервер не отвечает с 13:00 — вероятно, дело в сети между Poswatch и ресторанами/,
  );
});

t.test("it stays on top whatever the order, and within organization and search", async (t) => {
  const monitor = await startMonitor(t);
  const [first, second] = [await monitor.addOrganization(), await monitor.addOrganization()];
  const add = async (organizationId: number, name: string) => {
    const id = await monitor.addPosServer({ organizationId, name });
    await monitor.report(id);
    await monitor.report(id, { error: "boom" });
    return id;
  };
  for (let number = 1; number <= 4; number++) await add(first, `Арбат, ${number}`);
  const two = [await add(second, "Арбат, 5"), await add(second, "Тверская, 1")];
  await monitor.report(await monitor.addPosServer({ organizationId: first, name: "А" }));
  t.match(causesOf(await pageOf(monitor, "?sort=-name"))[0]?.text, /^6 POS-серверов .* 2 организации/);
  const [cause] = causesOf(await pageOf(monitor, `?organization=${first}`));
  t.match(cause?.text, /^4 POS-сервера .* 1 организация/);
  t.match(causesOf(await pageOf(monitor, "?q=арбат"))[0]?.text, /^5 POS-серверов/);
  const own = await pageOf(monitor, `?organization=${second}`);
  t.same(causesOf(own), [], "fewer than three stand one by one");
  t.same(idsOf(own), two);
});

t.test("a hundred of them are shown, and then where the others are", async (t) => {
  const monitor = await startMonitor(t);
  const [own, other] = [await monitor.addOrganization(), await monitor.addOrganization()];
  for (let count = 0; count < 103; count++) {
    const organizationId = count < 2 ? other : own;
    const id = await monitor.addPosServer({ organizationId, name: `Арбат, ${count}` });
    await monitor.fail(id, "dns", "ENOTFOUND");
  }
  const folded = await pageOf(monitor, `?organization=${own}&q=арбат`);
  t.same(idsOf(folded), []);
  const opened = await pageOf(monitor, hrefOf(folded, /class="cause-toggle"/).replace(/^[^?]*|#.*/g, ""));
  t.equal(idsOf(opened).length, 100);
  t.match(textOf(opened), "Показано 100 из 101.");
  const rest = await pageOf(monitor, hrefOf(opened, /page=2/).replace("/pos-servers", ""));
  t.equal(idsOf(rest).length, 1, "the 101st of its own");
  t.match(textOf(rest), "Та же ошибка: POS-сервер не отвечает");
});
