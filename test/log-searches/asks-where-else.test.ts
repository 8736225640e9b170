import t from "tap";
import { barsModel } from "../../src/monitor/log-searches/bars.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { sendJson } from "../helpers/listen.ts";
import { getMenu, hrefOf, idsOf, signedIn, textOf } from "../helpers/page.ts";
import { changeRows, readRow } from "../helpers/rows.ts";
import { foundIn, hanging, sending } from "../helpers/searchable-server.ts";
import { asked, search, startSearchScene } from "./fixtures.ts";

const EMPTY = { firstAt: null, lastAt: null, hours: [], files: [], entries: [] };
const NOTHING = sending(foundIn("", 0, "", EMPTY));
const ERROR = 'Обмен 4711: нарушена целостность базы (guest_wallet) "Тверская"';

t.test("the words of an error are taken apart, in the list, on pages and for what is selected", async (t) => {
  const { monitor, ids, user } = await startSearchScene(t, [NOTHING]);
  const [id = 0] = ids;
  t.notMatch(await getMenu(monitor.app, id), "Где ещё", "nothing is wrong");
  await monitor.report(id, { error: ERROR });
  monitor.clock.advance(3_000);
  for (const html of [await getMenu(monitor.app, id), await user.html(`/pos-servers/${id}`)])
    t.match(html, `href="/log-searches/new?posServer=${id}">Где ещё?`);
  const form = await user.html(`/log-searches/new?posServer=${id}`);
  t.match(form, /name="sought"[^>]* value="нарушена целостность базы"/);
  const whole = hrefOf(form, /words=whole/);
  const inWhole = /name="sought"[^>]* value="Обмен …: нарушена целостность базы \(guest_wallet\)"/;
  t.match(await user.html(whole), inWhole);
  const incident = await readRow(monitor.db, "incident");
  const link = hrefOf(await user.html(`/incidents/${incident.id}`), /log-searches/);
  t.match(await user.html(link), /name="sought"[^>]* value="нарушена целостность базы"/);
  const selected = new URLSearchParams({ text: "cannot open C:\\data\\7\\x.db, guest +7 916 •••-••-67 <b>" });
  const inSelected = / value="cannot open C:\\data\\…\\x.db, guest … &lt;b&gt;"/;
  t.match(await user.html(`/log-searches/new?${selected}`), inSelected);
});

t.test("what each found stands with its line, masked and marked, and is no HTML", async (t) => {
  const line = "Обмен: <img src=x> нарушена целостность базы, гость +7 916 123-45-67 \u202E";
  const unread = { files: 2, bytes: 1_288_490_189, limit: "bytes" } as const;
  const { monitor, servers, ids, user } = await startSearchScene(t, [
    sending(foundIn("2026-11-24T09:41:00.000Z", 3, line)),
    sending(foundIn("2026-11-24T08:10:00.000Z", 21, "нарушена целостность базы", { unread })),
    NOTHING,
  ]);
  const text = "Нарушена целостность";
  const { url } = await search(user, text, { posServer: String(ids[0]) });
  await asked(monitor);
  const html = await user.html(url);
  const page = textOf(html);
  t.match(page, /Состояние POS-ов › Арбат, 1 Где ещё: «Нарушена целостность» .* все POS-серверы: 3/);
  t.match(page, /Ответили 3 из 3 нашлось на 2/);
  t.match(page, /Записей за час 24 на 2 POS-серверах/);
  t.match(page, /Арбат, 2 .* 21 11:00 24.11 11:10 24.11 .*1,2 ГБ осталось .*Арбат, 1 .* 3 12:00/s);
  t.match(page, /Не нашлось у 1 .*Арбат, 3/);
  t.match(html, /&lt;img src=x&gt; <mark>нарушена целостность<\/mark> базы, гость <span class="log-masked"/);
  t.match(page, "+7 916 •••-••-67");
  t.notMatch(html, /<img src=x|123-45-67|\u202E/);
  t.notMatch(html, /http-equiv/, "it is over");
  const list = /href="([^"]+)">Показать эти 2 в списке/.exec(html)?.[1] ?? "";
  t.match(list, /^\/pos-servers\?found=\d+$/);
  const listed = await user.html(list);
  t.equal(idsOf(listed).length, 2);
  t.match(listed, "Нашлось при поиске по логам");
  t.equal(idsOf(await user.html(`${list}&q=Арбат, 2`)).length, 1, "searched within");
  const other = await signedIn(monitor, { organizations: "all" });
  t.same(idsOf(await other.html(list)), [], "the maker's alone");
  const [order] = servers[0]?.orders ?? [];
  t.match(order, { text, limit: 1, from: "2026-11-23T10:00:00.000Z", to: "2026-11-24T10:00:00.000Z" });
  const [event] = await recordedEvents(monitor.db, "log_search");
  t.match(event, { detail: [{ key: "logSearch", values: { id: 1, text, count: 3 } }, { key: "period" }] });
});

t.test("times are those of the monitor's clock", async (t) => {
  const { monitor, servers, ids, user } = await startSearchScene(t, [
    sending(foundIn("2026-11-24T11:30:00.000Z", 1, "boom")),
  ]);
  await monitor.report(ids[0] ?? 0, { clockAheadMs: 120 * MINUTE_MS });
  const { url } = await search(user, "boom", { span: "hour" });
  await asked(monitor);
  t.match(servers[0]?.orders, [{ from: "2026-11-24T11:00:00.000Z", to: "2026-11-24T12:00:00.000Z" }]);
  t.match(await user.text(url), /12:00 24.11 12:30 24.11/);
});

t.test("the days below the bars begin at midnight, also after a clock was changed", async (t) => {
  const viewer = { ...presentationFor("ru", "Europe/Berlin"), user: null, organizations: [] };
  const [fromAt, now] = [Date.parse("2026-10-23T22:00Z"), Date.parse("2026-10-27T22:00Z")];
  const { ticks } = barsModel(viewer, { fromAt, toAt: now }, new Map([[1, 3]]), now);
  const labels = ticks.map(({ text }) => text);
  t.same(labels, ["24.10", "12:00", "25.10", "12:00", "26.10", "12:00", "27.10", "12:00"]);
});

t.test("who does not answer is named with the reason", async (t) => {
  const { monitor, servers, ids, user } = await startSearchScene(t, [
    (response) => sendJson(response, 404, { error: "not_found", message: "" }),
    (response) => sendJson(response, 500, { error: "logs_unreadable", message: "EACCES" }),
    sending(foundIn("2026-11-24T09:41:00.000Z", 1e300, "boom")),
    ...Array(4).fill(NOTHING),
  ]);
  await changeRows(monitor.db, "posServer", { keepsLogLines: 0 }, { id: ids[6] ?? 0 });
  await setParked(monitor.db, ids[3] ?? 0, true, monitor.clock());
  const other = servers[4];
  if (other) other.reported = { crmId: "999999" };
  await monitor.addPosServer({ name: "Лиговский, 30", connection: "dial_out", address: null });
  await monitor.addPosServer({ name: "Без адреса", address: null });
  const { url } = await search(user, "boom");
  await asked(monitor);
  const page = await user.text(url);
  t.match(page, /Ответили 1 из 6, не на связи 1 не получилось у 4 · ничего не нашлось/);
  t.match(page, /Не на связи 1 Лиговский, 30 — спросим при появлении до 13:15/);
  t.match(page, /Арбат, 1 Агент устарел, обновите его .*Арбат, 2 Агент не может прочитать папку логов/);
  t.match(page, /Арбат, 5 .*другой организации/);
  t.match(page, /Не спросили 3 .*Арбат, 4 опрос приостановлен .*Арбат, 7 строки лога остаются .*Без адреса/);
});

t.test("a log that was not read to its end is not taken for one without the text", async (t) => {
  const { monitor, user } = await startSearchScene(t, [
    sending(foundIn("", 0, "", { ...EMPTY, unread: { files: 1, bytes: 1_288_490_189, limit: "cpu" } })),
    NOTHING,
  ]);
  const { url } = await search(user, "нарушена целостность");
  await asked(monitor);
  const page = await user.text(url);
  t.match(page, /прочитали не всё у 1/);
  t.match(page, /Прочитали не всё и не нашли: 1 .*1,2 ГБ осталось.*Не нашлось у 1 /);
  await user.post(`${url}/cancellation`, {});
  t.match(await user.text(url), /остановлен \d\d:\d\d/);
});

t.test("what was found of a restaurant that objects is there no longer", async (t) => {
  const found = sending(foundIn("2026-11-24T09:41:00.000Z", 3, "boom"));
  const { monitor, servers, ids, user } = await startSearchScene(t, [found, found]);
  const { url } = await search(user, "boom");
  await asked(monitor);
  const shown = async () => (await user.html(url)).match(/(?<=id="found-)\d+/g)?.map(Number);
  t.same(await shown(), ids);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const form = { name: "Арбат, 1", address: servers[0]?.address ?? "", fingerprint: "" };
  t.equal((await admin.post(`/pos-servers/${ids[0]}`, form)).statusCode, 303);
  t.same(await shown(), ids.slice(1));
});

t.test("an agent that is busy is asked again when it says so", async (t) => {
  let isBusy = true;
  const { monitor, servers, user } = await startSearchScene(t, [
    (response) => {
      if (!isBusy) return NOTHING(response, { text: "", from: "", to: "", limit: 1 });
      response.setHeader("retry-after", "3");
      sendJson(response, 503, { error: "busy", message: "" });
    },
  ]);
  const { url } = await search(user, "boom");
  await asked(monitor);
  t.match(await user.text(url), /Ответили 0 из 1 осталось 1/);
  t.match(await user.html(url), 'http-equiv="refresh" content="5"', "also without JavaScript");
  isBusy = false;
  monitor.clock.advance(2_000);
  await asked(monitor);
  t.equal(servers[0]?.orders.length, 1);
  monitor.clock.advance(2_000);
  await asked(monitor);
  t.match(await user.text(url), /Ответили 1 из 1/);
});

t.test("one search at a time: another one stops it, once that was said", async (t) => {
  const { monitor, servers, user } = await startSearchScene(t, [hanging]);
  const first = await search(user, "boom");
  t.equal((await search(user, "bang")).statusCode, 422);
  monitor.clock.advance(3_000);
  const refused = await search(user, "bang");
  t.match(textOf(refused.body), /Ещё идёт поиск «boom».*только один.*Остановить и искать это/);
  const second = await search(user, "bang", { stop: "1" });
  t.equal(second.statusCode, 303);
  t.match(await user.text(first.url), /не получилось у 1 .*Арбат, 1 поиск остановлен раньше/);
  await user.post(`${second.url}/cancellation`);
  await user.post(`${second.url}/cancellation`);
  await monitor.app.logSearchWork.idle();
  t.equal(servers[0]?.left, servers[0]?.orders.length, "the agent was left");
  t.equal((await recordedEvents(monitor.db, "log_search_stop")).length, 1);
  t.match(await user.text("/log-searches/new"), /Сегодня уже искали «bang» .*«boom»/);
});

t.test("numbers are searched for where they matter; what cannot be is said beside its field", async (t) => {
  const { monitor, user } = await startSearchScene(t, [NOTHING]);
  for (const text of ["HTTP 401", "0x80004005", "ORA-00942", "ошибка 1205"])
    t.match(await user.html(`/log-searches/new?${new URLSearchParams({ text })}`), ` value="${text}"`);
  const foreign = await monitor.addOrganization("Пекарня");
  const wrong: [sent: Record<string, string>, problem: string][] = [
    [{ sought: "" }, "problem-sought"],
    [{ sought: "ab … 12 ..." }, "problem-sought"],
    [{ sought: "x".repeat(301) }, "problem-sought"],
    [{ sought: "гость +7 916 123-45-67" }, "Данные гостей и пароли в логах скрыты"],
    [{ span: "own", from: "", to: "x" }, "problem-from"],
    [{ span: "own", from: "2026-10-01T00:00", to: "2026-11-24T00:00" }, "problem-from"],
    [{ span: "own", from: "2026-11-25T00:00", to: "2026-11-26T00:00" }, "problem-from"],
    [{ place: `organization-${foreign}` }, "problem-place"],
    [{ place: "tag-99" }, "problem-place"],
    [{ place: "whatever" }, "problem-place"],
  ];
  for (const [sent, problem] of wrong) {
    const { statusCode, body } = await search(user, "boom", sent);
    t.equal(statusCode, 422, JSON.stringify(sent));
    t.match(body, problem);
  }
  t.same(await monitor.db.selectFrom("logSearch").select("id").execute(), []);
});

t.test("it is narrowed to an organization or a tag", async (t) => {
  const { monitor, organizationId, servers, ids, user } = await startSearchScene(t, [NOTHING, NOTHING]);
  const admin = await signedIn(monitor, { isAdministrator: true });
  await user.post(`/pos-servers/${ids[1]}/tags`, { more: "Москва" });
  const { id } = await readRow(monitor.db, "tag");
  const { url } = await search(user, "boom", { place: `tag-${id}` });
  await asked(monitor);
  t.match(servers, [{ orders: { length: 0 } }, { orders: { length: 1 } }]);
  t.match(await user.text(url), "Тег «Москва» · POS-серверов: 1");
  await monitor.addPosServer({ organizationId: await monitor.addOrganization("Пекарня") });
  const other = await search(admin, "boom", { place: `organization-${organizationId}` });
  t.match(await admin.text(other.url), "ООО «Вкусный дом» · POS-серверов: 2");
  t.equal((await admin.get(url)).statusCode, 404, "it belongs to its maker");
});
