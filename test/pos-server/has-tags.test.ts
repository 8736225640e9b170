import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { hrefOf, idsOf, segmentsOf, signedIn, startFor, type TestBrowser, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";

async function cardOf(browser: TestBrowser, path: string): Promise<string> {
  return (await browser.html(path)).match(/<div><dt>Теги<[\s\S]*?<\/div>/)?.[0] ?? "";
}

const added = (tags: string) => ({ key: "tagsAdded", values: { tags } });
const removed = (tags: string) => ({ key: "tagsRemoved", values: { tags } });

t.test("tags are put on, changed and taken off, and each leads to those that have it", async (t) => {
  const { monitor, user: anna } = await startFor(t, { name: "Анна Иванова", organizations: "all" });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  const otherId = await monitor.addPosServer({ name: "Арбат, 5" });
  const path = `/pos-servers/${id}`;
  t.equal(textOf(await cardOf(anna, path)), "Теги нет Добавить");
  const answer = await anna.post(`${path}/tags`, { more: " Москва,24/7 ; <b>франшиза</b>, москва," });
  t.same([answer.statusCode, answer.headers.location], [303, path]);
  t.equal(textOf(await cardOf(anna, path)), "Теги 24/7 <b>франшиза</b> Москва Изменить", "as spelled first");
  await anna.post(`/pos-servers/${otherId}/tags`, { more: "МОСКВА" });
  t.equal(textOf(await cardOf(anna, `/pos-servers/${otherId}`)), "Теги Москва Изменить", "as elsewhere");

  const form = await anna.html(`/pos-servers/${otherId}/tags/new`);
  t.match(textOf(form), /Теги: Арбат, 5 .* Выберите из имеющихся 24\/7 <b>франшиза<\/b> Москва Новые теги/);
  const ticked = [...form.matchAll(/value="([^"]*)" checked/g)].map(([, name]) => name);
  t.same(ticked, ["Москва"]);
  const url = hrefOf(await cardOf(anna, `/pos-servers/${otherId}`), /pos-servers\?tag=/);
  t.same(idsOf(await anna.html(url)).sort(), [id, otherId]);

  await anna.post(`${path}/tags`, { tag: "24/7" });
  t.equal(textOf(await cardOf(anna, path)), "Теги 24/7 Изменить");
  await anna.post(`${path}/tags`, { more: "24/7" });
  await anna.post(`${path}/tags`, {});
  t.equal(textOf(await cardOf(anna, path)), "Теги нет Добавить");
  const { db } = monitor;
  t.match(await recordedEvents(db, "tags_change"), [
    { detail: [added("24/7, <b>франшиза</b>, Москва")] },
    { detail: [added("Москва")] },
    { detail: [removed("<b>франшиза</b>, Москва")] },
    { detail: [removed("24/7")] },
  ]);
  t.same(await db.selectFrom("tag").select("name").execute(), [{ name: "Москва" }], "nobody has the others");
});

t.test("what is too long or too much is told beside its field, and nothing is lost", async (t) => {
  const { monitor, user: anna } = await startFor(t, { organizations: "all" });
  const id = await monitor.addPosServer();
  await anna.post(`/pos-servers/${id}/tags`, { more: "Москва" });
  const long = await anna.post(`/pos-servers/${id}/tags`, { tag: "Москва", more: "ы".repeat(41) });
  t.equal(long.statusCode, 422);
  t.match(textOf(long.body), /Слишком длинный тег: «ы{40}…», не больше 40 знаков\./);
  t.match(long.body, `value="${"ы".repeat(41)}"`);
  t.match(long.body, /value="Москва" checked/);
  const more = Array.from({ length: 21 }, (_, number) => `тег ${number}`).join(", ");
  t.match(await anna.post(`/pos-servers/${id}/tags`, { more }), { statusCode: 422, body: /не больше 20\./ });
  t.equal(textOf(await cardOf(anna, `/pos-servers/${id}`)), "Теги Москва Изменить");
});

t.test("the list is filtered, searched and counted by tag", async (t) => {
  const { monitor, user: anna } = await startFor(t, { organizations: "all" });
  t.notMatch(await anna.html("/pos-servers?period=3650"), 'name="tag"', "nobody has any");
  const add = async (name: string, more: string, error: string | null = null) => {
    const id = await monitor.addPosServer({ name });
    await monitor.report(id, { error });
    await anna.post(`/pos-servers/${id}/tags`, { more });
    return id;
  };
  const one = await add("Тверская, 12", "Москва, 24/7");
  const two = await add("Арбат, 5", "Москва", "boom");
  const three = await add("Невский, 88", "Петербург");
  const { id: moscow } = await readRow(monitor.db, "tag", { name: "Москва" });
  const ofMoscow = await anna.html(`/pos-servers?tag=${moscow}`);
  t.same(idsOf(ofMoscow), [two, one], "the worst first");
  t.match(segmentsOf(ofMoscow), { sync_error: 1, synced: 1 });
  t.match(ofMoscow, `value="${moscow}" selected>Москва<`);
  t.match(textOf(ofMoscow), /Тег Любой 24\/7 Москва Петербург/);
  t.same(idsOf(await anna.html(`/pos-servers?tag=${moscow}&hideSynced=1`)), [two]);
  const found = `/pos-servers?tag=${moscow}&q=${encodeURIComponent("арбат")}`;
  t.same(idsOf(await anna.html(found)), [two]);
  t.same(idsOf(await anna.html(`/pos-servers?q=${encodeURIComponent("ПЕТЕР")}`)), [three]);
  t.match(await anna.text("/pos-servers?tag=999"), /Такого тега нет ни у одного из ваших/);
});

t.test("nobody learns tags of organizations that are not theirs, or puts any there", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization();
  const other = await monitor.addOrganization();
  const all = await signedIn(monitor, { organizations: "all" });
  const ivan = await signedIn(monitor, { organizations: [own] });
  const ownId = await monitor.addPosServer({ organizationId: own });
  const otherId = await monitor.addPosServer({ organizationId: other });
  await all.post(`/pos-servers/${ownId}/tags`, { more: "свой" });
  await all.post(`/pos-servers/${otherId}/tags`, { more: "чужой, свой" });
  t.equal((await ivan.post(`/pos-servers/${otherId}/tags`, { more: "x" })).statusCode, 404);
  for (const path of ["/pos-servers", `/pos-servers/${ownId}/tags/new`])
    t.notMatch(await ivan.html(path), "чужой");
  for (const { id, name } of await monitor.db.selectFrom("tag").selectAll().execute())
    t.same(idsOf(await ivan.html(`/pos-servers?tag=${id}`)), name === "свой" ? [ownId] : []);
  t.same(idsOf(await ivan.html(`/pos-servers?q=${encodeURIComponent("чужой")}`)), []);
});
