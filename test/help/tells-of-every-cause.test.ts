import t from "tap";
import { CAUSES } from "../../src/monitor/fleet/cause-catalogue.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { breakAll } from "../helpers/incidents.ts";
import { signedIn, startFor, textOf } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";

t.test("every cause is told of once, in both languages, to whoever has signed in", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, {});
  for (const language of ["ru", "en"]) {
    await user.post("/account/preferences", { language, timeZone: "Europe/Moscow" });
    const { body, statusCode } = await user.get("/help");
    t.equal(statusCode, 200);
    t.match(body, `<a href="/help"`, "it is in everybody's menu");
    const told = [...body.matchAll(/<div id="cause-(\w+)">([\s\S]*?)<\/div>/g)];
    t.same(told.map(([, cause]) => cause).sort(), [...CAUSES].sort());
    for (const [, cause = "", html = ""] of told) {
      t.match(textOf(html), /^\S.{10,}/, cause);
      t.notMatch(textOf(html), /\{\{|cause\.|failure\./, cause);
      t.match(body, `<a href="#cause-${cause}">`, "it is in the contents");
    }
  }
});

t.test("how long tills get by without exchange is what the settings say", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor, {});
  t.match(textOf((await user.get("/help")).body), /Больше 24.ч: оплата со счёта гостя на кассах не работает/);
  await addRow(monitor.db, "setting", { key: "paymentStopsAfterMs", value: String(12 * HOUR_MS) });
  t.match(textOf((await user.get("/help")).body), /Больше 12.ч: оплата/);
});

const causesIn = (html: string) => [...html.matchAll(/<div id="cause-(\w+)">/g)].map(([, cause]) => cause);

t.test("only what has all words of a search is shown, and named in the contents", async (t) => {
  const { user } = await startFor(t, {});
  const search = (q: string) => user.html(`/help?q=${encodeURIComponent(q)}`);
  const port = await search("закрыт ПОРТ 5671");
  t.same(causesIn(port), ["amqp_closed"]);
  t.match(textOf(port), "Найдено 1 место. Показать всю справку");
  t.same(port.match(/href="#[\w-]+"/g), [
    'href="#content"',
    'href="#mainServer"',
    'href="#cause-amqp_closed"',
  ]);
  t.match(causesIn(await search("защищенное соединение")), ["secure_channel_failed", "no_answer"], "Ё as Е");
  t.match(textOf(await search("Telegram")), "Найдено 1 место.");
  t.match(textOf(await search("sudo")), "Ничего не нашлось. Показать всю справку", "the guide is no user's");
  await user.post("/account/preferences", { language: "en", timeZone: "Europe/Moscow" });
  t.match(textOf(await search("5671")), "1 place found. Show the whole help");
});

t.test("administrators find a part of the guide, and odd searches do no harm", async (t) => {
  const { user } = await startFor(t, { isAdministrator: true });
  t.match(await user.html("/help?q=poswatch+doctor"), /<div id="guide-doctor">/);
  const odd = await user.html(`/help?q=${encodeURIComponent(`"><script>${"x".repeat(100)}`)}`);
  t.match(odd, `value="&quot;&gt;&lt;script&gt;${"x".repeat(70)}"`);
  t.match(textOf(odd), "Ничего не нашлось");
  t.ok(causesIn(await user.html("/help?q=+&q=a")).length > 30, "no search at all");
});

const linkedFrom = (html: string) =>
  [...html.matchAll(/href="\/help#cause-(\w+)"/g)].map(([, cause]) => cause);

t.test("what names a cause leads to what «Справка» says of it; the list does not", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  const id = await monitor.addPosServer();
  await monitor.report(id);
  const pages = [`/pos-servers/${id}`, "/incidents/1", `/pos-servers/${id}/database-resets/new`];
  t.same(linkedFrom(await user.html(pages[0] ?? "")), [], "nothing is wrong");
  await breakAll(monitor, [id]);
  for (const page of pages) t.same(linkedFrom(await user.html(page)), ["main_server_timeout"], page);
  t.same(linkedFrom(await user.html("/pos-servers")), []);
  await monitor.fail(id, "connect_refused");
  t.same(linkedFrom(await user.html(pages[0] ?? "")), ["main_server_timeout", "no_answer"]);
  await monitor.report(id);
  t.same(linkedFrom(await user.html("/incidents/1")), ["main_server_timeout"], "also when it is over");
});

const listed = (html: string) =>
  [...html.matchAll(/<div id="cause-(\w+)">((?:(?!<\/div>)[\s\S])*)<\/div>/g)].flatMap(
    ([, cause, entry = ""]) => {
      const [list] = /<details class="help-ends[\s\S]*?<\/details>/.exec(entry) ?? [];
      return list === undefined
        ? []
        : [
            {
              cause,
              html: list,
              ends: [...list.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, end = ""]) => textOf(end)),
            },
          ];
    },
  );

t.test("each cause has its last ten ends at the viewer's POS servers, newest first", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Пекарня");
  const other = await monitor.addOrganization("Кафе");
  const bakery = await monitor.addPosServer({ organizationId: own, name: "Мира <b>, 1" });
  const cafe = await monitor.addPosServer({ organizationId: other, name: "Арбат, 5" });
  const fail = async (id: number, error: string, minutes: number) => {
    await monitor.report(id, { error, syncedAgoMs: 0 });
    monitor.clock.advance(minutes * MINUTE_MS);
    await monitor.report(id);
    monitor.clock.advance(HOUR_MS - minutes * MINUTE_MS);
  };
  for (const id of [bakery, cafe]) await monitor.report(id);
  for (let minutes = 1; minutes <= 12; minutes++) await fail(bakery, "нарушена целостность базы", minutes);
  await fail(cafe, "нарушена целостность базы", 2);
  await fail(bakery, "Нет места на диске", 3);

  const manager = await signedIn(monitor, { organizations: [own] });
  const [damaged, full, ...rest] = listed(await manager.html("/help"));
  t.same(rest, []);
  t.match([damaged?.cause, full?.cause], ["database_damaged", "disk_full"]);
  t.match(textOf(damaged?.html ?? ""), /^Чем заканчивалось раньше, последние: 10 /);
  t.equal(damaged?.ends.length, 10);
  t.equal(damaged?.ends[0], "00:12 «Мира <b>, 1»: восстановился сам через 12 мин");
  t.equal(damaged?.ends[9], "24.11 «Мира <b>, 1»: восстановился сам через 3 мин");
  t.match(damaged?.html, /<a class="link thumb" href="\/incidents\/12">/);
  t.notMatch(damaged?.html, "<b>");
  const causes = listed(await manager.html("/help?q=место")).map(({ cause }) => cause);
  t.same(causes, ["disk_full"]);

  const all = await signedIn(monitor, { isAdministrator: true });
  const ends = listed(await all.html("/help"))[0]?.ends;
  t.same(ends?.slice(0, 2), [
    "01:02 «Арбат, 5», Кафе: восстановился сам через 2 мин",
    "00:12 «Мира <b>, 1», Пекарня: восстановился сам через 12 мин",
  ]);
  t.same(listed(await (await signedIn(monitor, {})).html("/help")), [], "no right");
});
