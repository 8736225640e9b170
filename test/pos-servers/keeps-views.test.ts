import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { hrefOf, textOf, unescapeHtml } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

const LIST = "/pos-servers?hideSynced=1&sort=-name";

t.test("a view is saved under a name, stands in the menu of the list, and is deleted", async (t) => {
  const monitor = await startMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const user = await signedIn(monitor, { organizations: "all" });
  const saveUrl = hrefOf((await user.get(LIST)).body, /class="saved-views-save"/);
  const page = (await user.get(saveUrl)).body;
  t.equal(unescapeHtml(page.match(/name="list" value="([^"]*)"/)?.[1] ?? ""), LIST);
  const saved = await user.post("/saved-views", { list: LIST, name: "  Ночные   проблемы " });
  t.match(saved, { statusCode: 303, headers: { location: LIST } });

  const list = (await user.get(LIST)).body;
  const notice = /<div id="notice" role="status">(.*?)<\/div>/s;
  t.match(textOf(notice.exec(list)?.[1] ?? ""), "Вид «Ночные проблемы» сохранён.");
  t.equal(notice.exec((await user.get(LIST)).body)?.[1], "", "once");
  t.match(list, /<a href="[^"]*" aria-current="true">Ночные проблемы<\/a>/);
  t.notMatch((await user.get("/pos-servers")).body, 'aria-current="true">Ночные');

  const own = (await user.get("/saved-views")).body;
  const [, deletion = ""] = own.match(/action="(\/saved-views\/\d+\/deletion)"/) ?? [];
  t.match(await user.post(deletion), { statusCode: 303, headers: { location: "/saved-views" } });
  t.notMatch((await user.get("/pos-servers")).body, "Ночные проблемы");
  t.match(textOf((await user.get("/saved-views")).body), "Сохранённых видов пока нет");
});

t.test(
  "a name that is missing, too long or taken gets a message beside it, and what was typed stays",
  async (t) => {
    const monitor = await startMonitor(t);
    const user = await signedIn(monitor, { organizations: "all" });
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
    t.match(textOf((await user.get("/saved-views")).body), /Сохранённые виды Ночные Удалить К состоянию/);
  },
);

t.test("there are at most 30 of them", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, { organizations: "all" });
  for (let number = 1; number <= 30; number++) {
    t.equal((await user.post("/saved-views", { list: LIST, name: `Вид ${number}` })).statusCode, 303);
  }
  const { statusCode, body } = await user.post("/saved-views", { list: LIST, name: "Вид 31" });
  t.equal(statusCode, 422);
  t.match(textOf(body), "Сохранено уже 30 видов. Удалите лишние.");
});

t.test("views are of their user alone, and lead to lists alone", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, { organizations: "all" });
  const other = await signedIn(monitor, { organizations: "all" });
  const saved = await user.post("/saved-views", {
    list: "https://evil.example/?state=synced",
    name: "<b>Вид",
  });
  t.equal(saved.headers.location, "/pos-servers?state=synced");
  t.notMatch((await other.get("/pos-servers")).body, "b&gt;Вид");
  t.notMatch((await other.get("/saved-views")).body, "b&gt;Вид");
  t.equal((await other.post("/saved-views/1/deletion")).statusCode, 404);
  const { body } = await user.get("/pos-servers");
  t.match(body, "&lt;b&gt;Вид");
});

t.test("they go with their user", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, { organizations: "all" });
  await user.post("/saved-views", { list: LIST, name: "Вид" });
  const { db } = monitor.app.database;
  await db.deleteFrom("user").where("id", "=", user.userId).execute();
  t.same(await db.selectFrom("saved_view").selectAll().execute(), []);
});
