import t from "tap";
import type { TestMonitor } from "../helpers/app.ts";
import { addChannel, addOwnChannel, breakChannel } from "../helpers/channels.ts";
import { noticesOf, signedIn, startAdministered, type TestBrowser, unescapeHtml } from "../helpers/page.ts";
import { addRow, changeRows } from "../helpers/rows.ts";

const LINE =
  "Не доходят сообщения: «Канал email», с 13:00. Логин, пароль или токен не подходят. Открыть канал";

const noticesOn = async (browser: TestBrowser, url = "/audit") => noticesOf(await browser.html(url));

const repair = ({ db }: TestMonitor) =>
  changeRows(db, "channel", { failingSince: null, failureCode: null, failureDetail: null });

t.test("what fails of those of all administrators are told, of own ones their owners", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organizations = [await monitor.addOrganization()];
  await monitor.addPosServer();
  const owner = await signedIn(monitor, { organizations });
  const colleague = await signedIn(monitor, { organizations });
  const shared = await addChannel(monitor);
  const own = await addOwnChannel(monitor, owner, shared);
  t.equal(await noticesOn(admin), "");
  await breakChannel(monitor, shared);
  for (const url of ["/pos-servers", "/pos-servers/1", "/incidents", "/channels", "/settings", "/nowhere"])
    t.equal(await noticesOn(admin, url), LINE, url);
  t.match(await admin.html("/audit"), `href="/channels/${shared}"`);
  t.equal(await noticesOn(owner), "");
  await breakChannel(monitor, own);
  t.match(await noticesOn(owner), /«Моя почта», с 13:00/);
  await addRow(monitor.db, "delivery", { channelId: own, kind: "report", key: "1", queuedAt: 1, dueAt: 1 });
  t.match(await noticesOn(owner), "Ждёт и отчёт за неделю.");
  t.equal(await noticesOn(colleague), "");
  t.equal(await noticesOn(admin), LINE, "nobody else is told of own ones");
  t.notMatch((await monitor.app.inject("/login")).body, "page-notices");

  await admin.post(`/channels/${shared}/switches`, { state: "off" });
  t.equal(await noticesOn(admin), "", "what is switched off is not meant to work");
  await admin.post(`/channels/${shared}/switches`, { state: "on" });
  t.equal(await noticesOn(admin), LINE);
  await repair(monitor);
  t.equal(await noticesOn(admin), "");

  for (const name of ["Один", "Два", "Три"]) {
    await breakChannel(monitor, await addChannel(monitor, undefined, { name }));
    monitor.clock.advance(60_000);
  }
  t.equal(await noticesOn(admin), "Не доходят сообщения: 3 канала. Показать", "many lead to their list");
  t.match(await admin.html("/audit"), /id="page-notices"[\s\S]*href="\/channels"/);
  await monitor.db.deleteFrom("channel").where("name", "=", "Один").execute();
  t.match(await noticesOn(admin), /«Два», с 13:01.*«Три», с 13:02/, "the longest first");
});

t.test("the status page is kept with it, and says it while it refreshes itself", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  await monitor.report(await monitor.addPosServer());
  const manager = await signedIn(monitor, { organizations: "all" });
  const refresh = async (tag = "") => {
    const answer = await admin.get("/pos-servers", { "hx-request-type": "partial", "hx-ptag": tag });
    return { ...answer, body: unescapeHtml(answer.body), tag: String(answer.headers["hx-ptag"]) };
  };
  const page = await admin.html("/pos-servers");
  t.equal(noticesOf(page), "");
  const shown = /hx-ptag="([^"]+)"/.exec(page)?.[1] ?? "";
  t.equal((await refresh(shown)).statusCode, 304, "without it nothing has changed");
  const id = await addChannel(monitor);
  await breakChannel(monitor, id);
  const told = await refresh(shown);
  t.equal(told.statusCode, 200);
  const notices = '<hx-partial hx-target="#page-notices" hx-swap="innerMorph">';
  t.match(told.body, new RegExp(`${notices}\\s*<p class="line line-problem">`));
  t.equal((await refresh(told.tag)).statusCode, 304);
  t.equal(await noticesOn(admin, "/pos-servers"), LINE);
  t.equal(await noticesOn(manager, "/pos-servers"), "", "who sees the same list is not told the same");
  await repair(monitor);
  const over = await refresh(told.tag);
  t.match(over.body, `${notices}</hx-partial>`);
  t.equal(over.tag, shown, "it is as it was");
  t.equal(await noticesOn(admin, "/pos-servers"), "");
});
