import t from "tap";
import type { OrganizationAccess } from "../../src/monitor/viewer/access.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { getHtml, getPage, getText, idsOf, segmentsOf, textOf } from "../helpers/page.ts";

async function startWithTwoOrganizations(t: Parameters<typeof startMonitor>[0]) {
  let access: OrganizationAccess = "all";
  const monitor = await startMonitor(t, { access: () => access });
  const own = await monitor.addOrganization("Своя", "111");
  const foreign = await monitor.addOrganization("Чужая", "222");
  const setAccess = (wanted: OrganizationAccess) => {
    access = wanted;
  };
  return { monitor, own, foreign, setAccess };
}

t.test("every part of the page is of the viewer's organizations only", async (t) => {
  const { monitor, own, foreign, setAccess } = await startWithTwoOrganizations(t);
  const ownId = await monitor.addPosServer({ organizationId: own, name: "Арбат" });
  await monitor.report(ownId, { error: "boom" });
  for (const name of ["Арбат, чужой", "Тверская"])
    await monitor.report(await monitor.addPosServer({ organizationId: foreign, name }), { error: "boom" });
  await monitor.addPosServer({ organizationId: foreign, name: "закрытый", isParked: true });

  const all = await getHtml(monitor.app, "/pos-servers");
  t.match(segmentsOf(all), { all: 3, sync_error: 3, parked: 1 });

  setAccess([own]);
  const mine = await getHtml(monitor.app, "/pos-servers");
  t.same(idsOf(mine), [ownId]);
  t.match(segmentsOf(mine), { all: 1, sync_error: 1, parked: 0 });
  t.match(mine, "Своя · 111");
  t.notMatch(mine, /Чужая|222|Тверская/);
  for (const said of ["1 проблема из 1 1 новая за час", "Все (1)"]) t.match(textOf(mine), said);

  for (const query of ["q=%D0%90%D1%80%D0%B1%D0%B0%D1%82", "state=sync_error", "cause=boom"])
    t.same(idsOf(await getHtml(monitor.app, `/pos-servers?${query}`)), [ownId], query);
  t.same(idsOf(await getHtml(monitor.app, "/pos-servers?scope=parked")), []);

  monitor.clock.advance(2 * DAY_MS);
  t.match(await getText(monitor.app, "/pos-servers"), "1 POS-сервер молчит больше 1 дня: Арбат");
});

t.test("another's organization is like one that is not there; without a right all are", async (t) => {
  const { monitor, own, foreign, setAccess } = await startWithTwoOrganizations(t);
  await monitor.report(await monitor.addPosServer({ organizationId: own }), { error: "boom" });
  await monitor.addPosServer({ organizationId: foreign });
  setAccess([own]);
  const forbidden = await getPage(monitor.app, `/pos-servers?organization=${foreign}`);
  const missing = await getPage(monitor.app, "/pos-servers?organization=999");
  const shown = (html: string) =>
    textOf(html.replaceAll(`organization=${foreign}`, "").replaceAll("organization=999", ""));
  t.same(idsOf(forbidden.body), []);
  t.match(shown(forbidden.body), "Такой организации нет или она вам недоступна.");
  t.equal(shown(forbidden.body), shown(missing.body));

  setAccess([]);
  const { statusCode, body } = await getPage(monitor.app, "/pos-servers");
  t.equal(statusCode, 200);
  t.same(idsOf(body), []);
  t.equal(segmentsOf(body).sync_error, 0);
  t.notMatch(body, /Своя|Чужая/);
});

t.test("a common failure is judged by the whole fleet and counted over the viewer's own", async (t) => {
  const { monitor, own, foreign, setAccess } = await startWithTwoOrganizations(t);
  const mine = await addExchanging(monitor, 3, [own]);
  const others = await addExchanging(monitor, 3, [foreign]);
  for (const id of others) await monitor.report(id, { error: "имя «чужое» 7" });
  monitor.clock.advance(1_000);
  for (const id of mine) await monitor.report(id, { error: "имя «своё» 1" });
  monitor.clock.advance(5_000);

  setAccess([own]);
  const body = await getHtml(monitor.app, "/pos-servers");
  t.match(textOf(body), "3 POS-сервера · одна причина: имя «своё» 1");
  t.notMatch(body, "чужое");
  setAccess([]);
  t.notMatch(await getHtml(monitor.app, "/pos-servers"), 'class="cause"');
  setAccess("all");
  t.match(await getText(monitor.app, "/pos-servers"), /6 POS-серверов · одна причина: .* · 2 организации/);
});

t.test("views are not mixed up between viewers", async (t) => {
  const { monitor, own, foreign, setAccess } = await startWithTwoOrganizations(t);
  const ownId = await monitor.addPosServer({ organizationId: own });
  const foreignId = await monitor.addPosServer({ organizationId: foreign });
  setAccess([own]);
  const first = await getPage(monitor.app, "/pos-servers", { refresh: {} });
  setAccess([foreign]);
  const tag = String(first.headers["hx-ptag"]);
  const second = await getPage(monitor.app, "/pos-servers", { refresh: { tag } });
  t.equal(second.statusCode, 200, "another viewer's tag is no 304");
  t.same([idsOf(first.body), idsOf(second.body)], [[ownId], [foreignId]]);
});
