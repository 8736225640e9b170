import t from "tap";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { startMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, getPage, getText, hrefOf, idsOf, textOf, unescapeHtml } from "../helpers/page.ts";

t.test("each organization says how many problems it has, and leads to them", async (t) => {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const troubled = await monitor.addOrganization("Кафе");
  const healthy = await monitor.addOrganization("Пиццерия");
  const [first = 0, second = 0, parked = 0] = await addExchanging(monitor, 4, [troubled]);
  await monitor.report(first, { error: "boom" });
  await monitor.fail(second);
  await monitor.fail(parked);
  await setParked(app.database.db, parked, true, clock());
  await addExchanging(monitor, 1, [healthy]);
  await monitor.addPosServer({ organizationId: await monitor.addOrganization("Чайная") });

  const list = await getPage(app, "/organizations");
  t.match(
    textOf(list.body),
    /Кафе 100001 4 POS-сервера опрос приостановлен: 1 2 проблемы Пиццерия 100002 1 POS-сервер проблем нет Чайная 1000\d\d 1 POS-сервер 1 ещё не ответил/,
  );
  const url = hrefOf(list.body, /problem-count/);
  const shown = await getPage(app, url);
  t.same(idsOf(shown.body).sort(), [first, second], "exactly these are listed there");

  const page = await getPage(app, `/organizations/${troubled}`);
  t.match(textOf(page.body), /⚠ 2 проблемы Показать/);
  t.match(unescapeHtml(page.body), `href="${url}"`);
  t.notMatch(await getText(app, `/organizations/${healthy}`), /\d проблем/);

  await setArchived(monitor.db, troubled, 1);
  for (const url of ["/organizations?archived=1", `/organizations/${troubled}`])
    t.notMatch(await getText(app, url), /2 проблемы/, "nothing of an archived one is polled");
});

t.test("what is empty leads to the next step", async (t) => {
  const monitor = await startMonitor(t);
  const steps = async (url: string) =>
    [
      ...(/<div class="empty[\s\S]*?<\/div>/.exec(await getHtml(monitor.app, url))?.[0] ?? "").matchAll(
        /<a class="button[^"]*" href="([^"]+)"/g,
      ),
    ].map(([, href]) => href);
  t.same(await steps("/organizations"), ["/organizations/new", "/organizations/import/new"]);
  t.same(await steps("/users"), ["/users/new"], "nobody but oneself");
  t.same(await steps("/audit"), ["/pos-servers"]);
  const id = await monitor.addOrganization();
  const own = `/organizations/${id}/pos-servers/new`;
  t.same(await steps(`/organizations/${id}`), [own, "/organizations/import/new"]);
});
