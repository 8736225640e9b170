import t from "tap";
import { DEFAULT_SETTINGS, readSettings } from "../../src/monitor/installation/settings.ts";
import { OWN } from "../../src/monitor/secrets/read-certificate.ts";
import {
  SETTING_FIELDS,
  SETTING_GROUPS,
  SETTING_PAGES,
  shownValues,
} from "../../src/monitor/settings/fields.ts";
import { SECOND_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { received } from "../helpers/outcomes.ts";
import { startAdministered, type TestBrowser, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

/** The page of the audit log about changed settings. */
const CHANGES = "/audit?action=settings_change";
const DEFAULTS = shownValues(DEFAULT_SETTINGS);

/** Sends the page of the last changed field with defaults for the others; null, or a field of another page, is not sent. */
async function send(admin: TestBrowser, changes: Record<string, string | null>) {
  const last = Object.keys(changes).at(-1);
  const page = SETTING_GROUPS.find(({ fields }) => fields.some(({ name }) => name === last))?.page ?? "";
  const names = SETTING_GROUPS.filter((group) => group.page === page).flatMap(({ fields }) =>
    fields.map(({ name }) => name),
  );
  const values = names.flatMap((name) => {
    const value = changes[name] === undefined ? DEFAULTS[name] : changes[name];
    return value === null || value === undefined ? [] : [[name, value]];
  });
  return await admin.post("/settings", { page, field: names, ...Object.fromEntries(values) });
}

const pages = async (admin: TestBrowser) =>
  (await Promise.all(SETTING_PAGES.map((page) => admin.html(`/settings/${page}`)))).join("");

t.test("the defaults are shown, each with its bounds", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const body = await pages(admin);
  const texts = {
    archiveRetentionDays: 30,
    transitionRetentionDays: 365,
    auditRetentionDays: 365,
    pollIntervalSeconds: 60,
    unreachableAfterPolls: 2,
    staleAfterMinutes: 10,
    minimumVersion: 34,
    requiredVersion: "",
    paymentStopsHours: 24,
    resetSyncTimeoutMinutes: 15,
    nightlyBackups: 14,
    publicAddress: "",
    pagesUrl: "",
    witnesses: "",
    heartbeatUrl: "",
  };
  for (const [name, value] of Object.entries(texts))
    t.match(body, new RegExp(`name="${name}" type="text"[^>]* value="${value}"`), name);
  t.equal(SETTING_FIELDS.length, Object.keys(texts).length + 2, "two are switches");
  t.match(body, /на котором Poswatch ждёт агентов \(\d+\)/, "a port is not grouped by thousands");
  t.match(body, /От 5 до 3\s600\./);
  t.match(body, /Сейчас такой версии нет/, "the newest version in common use is named");
  for (let count = 0; count < 3; count++) await monitor.report(await monitor.addPosServer());
  t.match(await pages(admin), /Сейчас это 34\.2\.117\./);
});

t.test("a switch is shown as a checkbox, saved, and recorded in words", async (t) => {
  const { admin, db } = await startAdministered(t);
  const checkbox = 'name="allowUnprotectedResets" type="checkbox" value="1"';
  t.match(await pages(admin), `${checkbox} data-saved`);
  await send(admin, { allowUnprotectedResets: "1" });
  t.equal((await readSettings(db)).allowUnprotectedResets, true);
  t.match(await pages(admin), `${checkbox} checked`);
  const recorded = "Разрешить сброс по незащищённому соединению (HTTP): выключено → включено";
  t.match(await admin.html(CHANGES), recorded);
  await send(admin, { allowUnprotectedResets: null });
  t.equal((await readSettings(db)).allowUnprotectedResets, false);
});

t.test("changes are saved and recorded with what they were before", async (t) => {
  const { admin, db } = await startAdministered(t);
  const typed = { requiredVersion: " 34.2 ", staleAfterMinutes: "15" };
  t.equal((await send(admin, typed)).headers.location, "/settings/polling?saved=1");
  t.match(await admin.html("/settings/polling?saved=1"), /role="status">Сохранено/);
  t.same(await readSettings(db), { ...DEFAULT_SETTINGS, requiredVersion: "34.2", staleAfterMs: 900_000 });
  const recorded = "«Давно не было обмена» через: 10 → 15; Требуемая версия: — → 34.2";
  t.match(await admin.html(CHANGES), recorded);
  await send(admin, { requiredVersion: "34.2", staleAfterMinutes: "15" });
  t.equal((await recordedEvents(db, "settings_change")).length, 1, "what changes nothing is no event");
});

t.test("the address of Poswatch is kept as agents use it, recorded, and may be unknown again", async (t) => {
  const { admin, db } = await startAdministered(t);
  for (const [typed, kept] of [
    [" https://Poswatch.Example:443/north/ ", "https://poswatch.example/north"],
    ["https://10.1.1.1:8443", "https://10.1.1.1:8443"],
    ["https://касса.рф:8443/a", "https://xn--80aa2a3aa.xn--p1ai:8443/a"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["", ""],
  ] as const) {
    t.equal((await send(admin, { publicAddress: typed })).statusCode, 303, typed);
    t.equal((await readSettings(db)).publicAddress, kept);
  }
  await send(admin, { publicAddress: "https://касса.рф:8443/a" });
  t.match(await pages(admin), 'value="https://касса.рф:8443/a"', "it is shown as it was typed");
  await send(admin, { publicAddress: "" });
  const body = await admin.html(CHANGES);
  t.match(body, /Адрес Poswatch: — → https:\/\/poswatch\.example\/north/);
  t.match(body, /Адрес Poswatch: http:\/\/\[::1\]:8080 → —/);
});

t.test("the address has no path where Poswatch itself encrypts", async (t) => {
  const config = { agentListener: { host: "0.0.0.0", port: 8443 }, agentTls: OWN } as const;
  const { admin, db } = await startAdministered(t, { config });
  const { statusCode, body } = await send(admin, { publicAddress: "https://poswatch.example:8443/a" });
  t.equal(statusCode, 422);
  t.match(body, /id="problem-publicAddress">Уберите из адреса всё после порта/);
  t.same(await readSettings(db), DEFAULT_SETTINGS);
});

t.test("what is wrong is said beside its field; the typed values stay, and nothing is saved", async (t) => {
  const { admin, db } = await startAdministered(t);
  for (const [name, value] of [
    ["minimumVersion", ""],
    ["minimumVersion", "34.x"],
    ["requiredVersion", "33.9"],
    ["pollIntervalSeconds", "4"],
    ["pollIntervalSeconds", "3601"],
    ["unreachableAfterPolls", "0"],
    ["unreachableAfterPolls", "2.5"],
    ["staleAfterMinutes", "-10"],
    ["archiveRetentionDays", ""],
    ["auditRetentionDays", "1"],
    ["publicAddress", "poswatch.example:8443"],
    ["publicAddress", "https://"],
    ["publicAddress", "ftp://poswatch.example"],
    ["publicAddress", "https://login:password@poswatch.example"],
    ["publicAddress", "https://poswatch.example/?a=1"],
    ["publicAddress", "https://poswatch.example/#b"],
    ["publicAddress", `https://poswatch.example/${"x".repeat(200)}`],
    ["publicAddress", "http://poswatch.example"],
    ["publicAddress", '"><script>'],
    ["transitionRetentionDays", '"><script>'],
  ] as const) {
    const { statusCode, body } = await send(admin, { unreachableAfterPolls: "3", [name]: value });
    t.equal(statusCode, 422, `${name}=${value}`);
    t.match(body, new RegExp(`id="problem-${name}">`), `${name}=${value}`);
    t.equal(body.match(/class="problem"/g)?.length, 1, `${name}=${value}`);
    if (/:\/\/.*[@?]/.test(value)) t.match(body, "Уберите из адреса логин с паролем");
    if (value.startsWith("http://")) t.match(body, "Адрес должен начинаться с https://");
    if (name === "staleAfterMinutes") t.match(body, /name="unreachableAfterPolls"[^>]* value="3"/);
    t.notMatch(body, /"><script>/);
  }
  t.same(await readSettings(db), DEFAULT_SETTINGS);
  t.same(await recordedEvents(db, "settings_change"), []);
});

t.test("states follow a changed setting with the next poll, without a restart", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await monitor.addPosServer();
  for (const [requiredVersion, staleAfterMinutes, expected] of [
    ["34.2", "10", "sync_stale"],
    ["34.2", "30", "synced"],
    ["34.3", "30", "update_required"],
  ] as const) {
    await send(admin, { requiredVersion, staleAfterMinutes });
    await monitor.report(id, { syncedAgoMs: 20 * 60_000 });
    t.equal((await readRow(monitor.db, "posStatus")).state, expected);
  }
});

t.test("a shorter poll interval takes effect at once, spread over the interval", async (t) => {
  const client = createScriptedClient(() => received(monitor.clock()));
  const { monitor, admin } = await startAdministered(t, { client });
  for (let count = 0; count < 10; count++) await monitor.addPosServer();
  const pollFor = async (seconds: number) => {
    const polls: number[] = [];
    for (let second = 0; second < seconds; second++) {
      const before = client.calls.length;
      await monitor.app.poller.tick();
      await monitor.app.poller.idle();
      polls.push(client.calls.length - before);
      monitor.clock.advance(SECOND_MS);
    }
    return polls;
  };
  await send(admin, { pollIntervalSeconds: "3600" });
  await pollFor(2);
  await send(admin, { pollIntervalSeconds: "10" });
  const polls = await pollFor(20);
  t.equal(Math.max(...polls), 1, `none are bunched together: ${polls}`);
  const total = polls.reduce((sum, count) => sum + count, 0);
  t.ok(total >= 18, `${total} polls of 10 POS servers in 20 s`);
});

t.test("witnesses have to answer when they are named, and are kept as they are read", async (t) => {
  const asked: string[] = [];
  const { admin, db } = await startAdministered(t, {
    reachWitness: async ({ host, port }) => {
      asked.push(`${host}:${port}`);
      return host !== "silent.test";
    },
  });
  for (const [witnesses, problem] of [
    ["a b:x", "«b:x» — не адрес вида host:port."],
    ["169.254.169.254", "«169.254.169.254» вызывать нельзя: такие адреса служебные."],
    ["a b c d e f", "Не больше 5 адресов."],
    ["gateway.test, silent.test:80", "silent.test:80 сейчас не отвечает. Укажите адреса, которые"],
  ] as const) {
    const { statusCode, body } = await send(admin, { witnesses, staleAfterMinutes: "20" });
    t.equal(statusCode, 422, witnesses);
    t.match(textOf(body), problem);
    t.match(body, `value="${witnesses}"`);
  }
  t.equal((await readSettings(db)).staleAfterMs, 600_000, "nothing was saved");
  asked.length = 0;
  t.equal((await send(admin, { witnesses: " https://Gateway.test/ ;10.0.0.1:53" })).statusCode, 303);
  t.same(asked, ["Gateway.test:443", "10.0.0.1:53"]);
  t.equal((await readSettings(db)).witnesses, "Gateway.test:443, 10.0.0.1:53");
  asked.length = 0;
  await send(admin, { witnesses: "Gateway.test:443, 10.0.0.1:53", staleAfterMinutes: "20" });
  t.same(asked, [], "those that are known are not asked again");
  t.match(await admin.text(CHANGES), "Адреса-свидетели: — → Gateway.test:443, 10.0.0.1:53");
});

t.test("the address of the heartbeat has no password, and the audit log only its host", async (t) => {
  const { admin } = await startAdministered(t);
  const save = (heartbeatUrl: string) => send(admin, { heartbeatUrl });
  const long = `https://ping.test/${"a".repeat(500)}`;
  for (const url of ["ping.test/x", "ftp://ping.test/", "https://a:b@ping.test/", long]) {
    const { statusCode, body } = await save(url);
    t.equal(statusCode, 422, url);
    t.match(textOf(body), "Нужен адрес, который начинается с https:// или http://, без логина и пароля.");
  }
  t.match(textOf((await save("http://169.254.169.254/")).body), "Этот адрес вызывать нельзя: он служебный.");
  t.equal((await save("https://ping.test/4f3c-secret")).statusCode, 303);
  t.match(await pages(admin), 'value="https://ping.test/4f3c-secret"');
  const audit = await admin.html(CHANGES);
  t.match(textOf(audit), "Адрес для сигнала «работает»: — → https://ping.test");
  t.notMatch(audit, "4f3c-secret");
});

t.test("a setting is found by its words, and gets its default back; nothing else changes", async (t) => {
  const { admin, db } = await startAdministered(t);
  await send(admin, { unreachableAfterPolls: "3", staleAfterMinutes: "15" });
  const found = await admin.html(`/settings?q=${encodeURIComponent("нет СВЯЗИ")}`);
  t.match(textOf(found), /Неудачных опросов до «Нет связи» подряд вернуть 2 /);
  t.notMatch(found, 'name="staleAfterMinutes"');
  t.match(await admin.html("/settings?q=grafana"), /<li><a class="thumb" href="\/settings\/api">API<\/a>/);
  t.match(await admin.text("/settings?q=%3Cb%3E"), /Таких настроек нет/);
  t.equal((await admin.get("/settings/nowhere")).statusCode, 404);
  const form = { q: "нет связи", field: "unreachableAfterPolls", unreachableAfterPolls: "3" };
  const answer = await admin.post("/settings", { ...form, restore: "unreachableAfterPolls" });
  t.match(answer.headers.location, /^\/settings\?q=.*&saved=1$/);
  t.same(await readSettings(db), { ...DEFAULT_SETTINGS, staleAfterMs: 900_000 });
});
