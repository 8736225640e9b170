import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { hrefOf, signedIn, startFor, textOf, unescapeHtml } from "../helpers/page.ts";

const LIST = "/pos-servers?hideSynced=1&sort=-name";

t.test("a view is saved under a name, stands in the menu of the list, and is deleted", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const user = await signedIn(monitor, { organizations: "all" });
  const saveUrl = hrefOf(await user.html(LIST), /class="saved-views-save"/);
  const page = await user.html(saveUrl);
  t.equal(unescapeHtml(page.match(/name="list" value="([^"]*)"/)?.[1] ?? ""), LIST);
  const saved = await user.post("/saved-views", { list: LIST, name: "  Ночные   проблемы " });
  t.match(saved, { statusCode: 303, headers: { location: LIST } });

  const list = await user.html(LIST);
  const notice = /<div id="notice" role="status">(.*?)<\/div>/s;
  t.match(textOf(notice.exec(list)?.[1] ?? ""), "Вид «Ночные проблемы» сохранён.");
  t.equal(notice.exec(await user.html(LIST))?.[1], "", "once");
  t.match(list, /<a href="[^"]*" aria-current="true">Ночные проблемы<\/a>/);
  t.notMatch(await user.html("/pos-servers"), 'aria-current="true">Ночные');

  const own = await user.html("/saved-views");
  const [, deletion = ""] = own.match(/action="(\/saved-views\/\d+\/deletion)"/) ?? [];
  t.match(await user.post(deletion), { statusCode: 303, headers: { location: "/saved-views" } });
  t.notMatch(await user.html("/pos-servers"), "Ночные проблемы");
  t.match(await user.text("/saved-views"), "Сохранённых видов пока нет");
});

t.test("a name that is missing, too long or taken is refused beside it, as is a 31st view", async (t) => {
  const { user } = await startFor(t, { organizations: "all" });
  await user.post("/saved-views", { list: LIST, name: "Ночные" });
  for (const [name, message] of [
    [" ", "Назовите вид."],
    ["ж".repeat(61), "Слишком длинное название: не больше 60 знаков."],
    ["НОЧНЫЕ", "Вид с таким названием уже есть."],
  ] as const) {
    const { statusCode, body } = await user.post("/saved-views", { list: LIST, name });
    t.equal(statusCode, 422, message);
    t.match(body, `<p class="problem" id="problem-name">${message}</p>`);
    t.match(body, new RegExp(`<input id="name"[^>]* value="${name}"`));
    t.match(unescapeHtml(body), `name="list" value="${LIST}"`);
  }
  t.match(await user.text("/saved-views"), /Сохранённые виды Ночные Удалить К состоянию/);

  for (let number = 2; number <= 30; number++)
    t.equal((await user.post("/saved-views", { list: LIST, name: `Вид ${number}` })).statusCode, 303);
  const { statusCode, body } = await user.post("/saved-views", { list: LIST, name: "Вид 31" });
  t.equal(statusCode, 422);
  t.match(textOf(body), "Сохранено уже 30 видов. Удалите лишние.");
});

t.test("views are of their user alone, and lead to lists alone", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  const other = await signedIn(monitor, { organizations: "all" });
  const list = "https://evil.example/?state=synced";
  const saved = await user.post("/saved-views", { list, name: "<b>Вид" });
  t.equal(saved.headers.location, "/pos-servers?state=synced");
  t.notMatch(await other.html("/pos-servers"), "b&gt;Вид");
  t.notMatch(await other.html("/saved-views"), "b&gt;Вид");
  t.equal((await other.post("/saved-views/1/deletion")).statusCode, 404);
  t.match(await user.html("/pos-servers"), "&lt;b&gt;Вид");
});
