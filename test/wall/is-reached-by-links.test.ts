import t from "tap";
import { PROGRAM } from "../../src/monitor/audit-log/record-event.ts";
import { changeSettings } from "../../src/monitor/settings/change-settings.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { signedIn, startAdministered, type TestBrowser, textOf, unescapeHtml } from "../helpers/page.ts";
import { addRow, changeRows } from "../helpers/rows.ts";
import { addWallToken, lookAtWall } from "../helpers/wall.ts";

const FORM = { name: "Диспетчерская", days: "365", language: "ru", timeZone: "Europe/Moscow" };

async function makeLink(admin: TestBrowser, fields: Record<string, string>, headers = {}): Promise<string> {
  const { statusCode, body } = await admin.post("/settings/wall/tokens", { ...FORM, ...fields }, headers);
  if (statusCode !== 200) throw new Error(`The link was answered with ${statusCode}`);
  return unescapeHtml(/id="link"[^>]* value="([^"]+)"/.exec(body)?.[1] ?? "");
}

t.test("a link is shown once, is stored as a hash, and is in the list by its name", async (t) => {
  const monitor = await startMonitor(t);
  const { sqlite } = monitor.app.database;
  const organizationId = await monitor.addOrganization("Суши Маркет", "100701");
  const admin = await signedIn(monitor, { isAdministrator: true, name: "Анна Иванова" });
  const link = await makeLink(admin, { organization: String(organizationId) });
  const url = new URL(link);
  t.equal(url.pathname, "/wall");
  const token = url.searchParams.get("token") ?? "";
  t.match(token, /^[\w-]{43}$/);
  t.equal((await monitor.app.inject(`${url.pathname}${url.search}`)).statusCode, 200);

  const body = await admin.html("/settings/wall");
  t.match(textOf(body), /Диспетчерская Анна Иванова Суши Маркет 24\.11\.2027 13:00 24\.11 13:00/);
  t.notMatch(body, token);
  t.notOk(sqlite.serialize().includes(token), "nothing that is stored opens the wall");

  const detail = [{ key: "rightAdded", values: { name: "Суши Маркет", crmId: "100701" } }];
  const events = await recordedEvents(monitor.db, "wall_token_create");
  t.match(events, [{ subject: "Диспетчерская", detail }]);
  const log = await admin.text("/audit");
  t.match(log, /Создание ссылки на экран( \S+)? Диспетчерская.*\+ Суши Маркет \(100701\)/);
});

t.test("a link leads to the address that is set, whatever the request says of its host", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const originSeenAt = async (host: string) =>
    (await makeLink(admin, { allOrganizations: "yes" }, { host })).replace(/\/wall\?token=[\w-]{43}$/, "");
  t.equal(await originSeenAt("poswatch.example:8080"), "http://poswatch.example:8080", "no address is set");
  await setAddress(monitor, "publicAddress", "https://poswatch.example");
  t.equal(await originSeenAt("attacker.example"), "https://poswatch.example");
  await setAddress(monitor, "pagesUrl", "https://pages.example/north/");
  t.equal(await originSeenAt("attacker.example"), "https://pages.example/north");
});

t.test("a link never leads to the port where agents alone are answered", async (t) => {
  const config = { agentListener: { host: "127.0.0.1", port: 8443 } };
  const { monitor, admin } = await startAdministered(t, { config });
  await setAddress(monitor, "publicAddress", "https://poswatch.example:8443");
  const link = await makeLink(admin, { allOrganizations: "yes" }, { host: "pages.example" });
  t.equal(new URL(link).origin, "http://pages.example");
});

async function setAddress({ app, clock }: TestMonitor, setting: "publicAddress" | "pagesUrl", url: string) {
  await changeSettings(app.database.db, PROGRAM, { [setting]: url }, clock());
}

t.test("a link that is taken back opens nothing from the next request on", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const { id, url } = await addWallToken(monitor);
  const other = await addWallToken(monitor, "all", { name: "Офис" });
  t.equal((await monitor.app.inject(url)).statusCode, 200);

  const asked = await admin.get(`/settings/wall/tokens/${id}/removal/new`);
  t.match(textOf(asked.body), /Отозвать ссылку: Диспетчерская\? .* сразу перестанет открываться/);
  t.equal((await monitor.app.inject(url)).statusCode, 200, "asking changes nothing");
  const removed = await admin.post(`/settings/wall/tokens/${id}/removal`, { removed: "yes" });
  t.equal(removed.headers.location, "/settings/wall?notice=removed");
  t.equal((await monitor.app.inject(url)).statusCode, 404);
  t.equal((await monitor.app.inject(other.url)).statusCode, 200);

  const body = await admin.html("/settings/wall?notice=removed");
  t.match(textOf(body), /Ссылка отозвана/);
  t.notMatch(body, "Диспетчерская");
  t.match(await admin.text("/audit"), /Отзыв ссылки на экран( \S+)? Диспетчерская/);
  t.equal((await admin.post(`/settings/wall/tokens/${id}/removal`)).statusCode, 404, "it is gone");
});

t.test("a link shows what its maker may see, and ends with its time and with its maker", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organizations = [
    await monitor.addOrganization("Суши Маркет"),
    await monitor.addOrganization("Пекарня"),
  ];
  const maker = await signedIn(monitor, { name: "Борис", isAdministrator: true });
  const [ofMaker = "", other = ""] = await Promise.all(
    [maker, admin].map(async (browser) =>
      (await makeLink(browser, { allOrganizations: "yes" })).replace(/.*(?=\/wall)/, ""),
    ),
  );
  const { userId } = maker;
  await changeRows(monitor.db, "user", { isAdministrator: 0 }, { id: userId });
  await addRow(monitor.db, "userOrganization", { userId, organizationId: organizations[0] ?? 0 });
  t.match(textOf(await lookAtWall(monitor, ofMaker)), /Poswatch · Суши Маркет /);
  t.match(await admin.text("/settings/wall"), /Борис .* создатель больше не администратор/);
  const asked = await admin.text(`/users/${userId}/blocking/new`);
  t.match(asked, /ссылки на экран, которые он создал, перестанут действовать: «Диспетчерская»/);
  await admin.post(`/users/${userId}/blocking`, { blocked: "yes" });
  t.equal((await monitor.app.inject(ofMaker)).statusCode, 404);
  t.match(await admin.text("/settings/wall"), /Борис .* создатель заблокирован/);
  t.match(textOf(await lookAtWall(monitor, other)), "все организации");
  monitor.clock.advance(365 * DAY_MS);
  t.equal((await monitor.app.inject(other)).statusCode, 404);
});

t.test("a form with mistakes says what is wrong with each field, and makes nothing", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organizationId = await monitor.addOrganization("Суши <Маркет>");
  const wrong: [Record<string, string>, RegExp][] = [
    [{ name: " ", organization: String(organizationId) }, /id="problem-name">Заполните/],
    [{ name: "x".repeat(81), allOrganizations: "yes" }, /id="problem-name">.*не больше 80 знаков/],
    [{}, /id="problem-organizations">Отметьте хотя бы одну/],
    [{ organization: "987654" }, /id="problem-organizations">Отметьте хотя бы одну/],
    [{ days: "3650", allOrganizations: "yes" }, /id="problem-days">Выберите срок/],
    [{ language: "tlh", allOrganizations: "yes" }, /id="problem-language">/],
    [{ timeZone: "Mars/Olympus", allOrganizations: "yes" }, /id="problem-timeZone">/],
  ];
  for (const [fields, problem] of wrong) {
    const { statusCode, body } = await admin.post("/settings/wall/tokens", { ...FORM, ...fields });
    t.equal(statusCode, 422, JSON.stringify(fields));
    t.match(body, problem);
  }
  const typed = { name: `Зал <b>"1"`, timeZone: "", language: "en", organization: String(organizationId) };
  const { body } = await admin.post("/settings/wall/tokens", typed);
  t.match(body, 'value="Зал &lt;b&gt;&quot;1&quot;"');
  t.match(body, /value="\d+" checked>/);
  t.match(body, '<option value="en" selected>');
  t.match(body, /<html lang="ru" data-time-zone="Europe\/Moscow">[\s\S]*Суши &lt;Маркет/);
  t.same(await monitor.db.selectFrom("accessToken").select("id").execute(), []);
  t.match(await admin.html("/settings"), 'href="/settings/wall"');

  const ids: number[] = [];
  for (const name of ["Блинная", "Веранда", "Грабли", "Додо", "Ёлка"])
    ids.push(await monitor.addOrganization(name));
  await addWallToken(monitor, ids);
  const many = /Блинная, Веранда, ещё 3 организации/;
  t.match(await admin.text("/settings/wall"), many, "as far as there is room");
});
