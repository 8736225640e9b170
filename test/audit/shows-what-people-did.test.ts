import t from "tap";
import type { AuditResult } from "../../src/monitor/audit-log/actions.ts";
import type { AuditDetail } from "../../src/monitor/audit-log/detail.ts";
import { type NewAuditEvent, PROGRAM, recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { openBrowser, signedIn, startAdministered, startFor, textOf } from "../helpers/page.ts";

const ACTOR = { userId: null, login: "someone", name: "Кто-то", address: "10.1.2.3" };

interface Written extends Partial<NewAuditEvent> {
  userId?: number;
  at?: number;
}

async function write({ db, clock }: TestMonitor, subject: string, written: Written = {}): Promise<void> {
  const { userId = null, at = clock(), ...event } = written;
  await recordEvent(db, { ...ACTOR, userId }, { action: "organization_change", subject, ...event }, at);
}

async function chooseMoscowTime(monitor: TestMonitor): Promise<void> {
  await monitor.db.updateTable("user").set({ timeZone: "Europe/Moscow" }).execute();
  monitor.clock.advance(1_000); // sessions are read anew
}

/** The subjects that a page shows, in its order. */
function subjects(body: string): string[] {
  const cells = [...body.matchAll(/<td role="cell" class="audit-subject">(.*?)<\/td>/g)];
  return cells.map(([, cell]) => (cell ?? "").replace(/<small>.*/, "").replace(/<[^>]+>/g, ""));
}

t.test("the log is shown newest first, a hundred a page, to its very end", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  for (let number = 1; number <= 250; number++) {
    if (number % 7 === 0) monitor.clock.advance(1_000);
    await write(monitor, `event ${number}`);
  }
  const seen: string[] = [];
  let url: string | undefined = "/audit?action=organization_change";
  while (url) {
    const body = await admin.html(url);
    const shown = subjects(body);
    t.ok(shown.length <= 100);
    seen.push(...shown);
    url = /href="([^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll("&amp;", "&");
  }
  const expected = Array.from({ length: 250 }, (_, index) => `event ${250 - index}`);
  t.same(seen, expected);
});

t.test("an event says when, who, from where, what, to what and how it ended", async (t) => {
  const { monitor, user: admin } = await startFor(t, { login: "admin", name: "Анна", isAdministrator: true });
  await chooseMoscowTime(monitor);
  await openBrowser(monitor.app).post("/login", { login: "admin", password: "wrong" });
  const organizationId = await monitor.addOrganization("Кофе и точка");
  const posServerId = await monitor.addPosServer({ organizationId, name: "Мира, 1" });
  const detail: AuditDetail = [
    { key: "registryChange", values: { field: "address", before: "https://a", after: "https://b" } },
    { key: "registryChange", values: { field: "name", before: "<b>x</b>", after: "y" } },
  ];
  await write(monitor, "Мира, 1", { action: "pos_server_change", organizationId, posServerId, detail });
  const body = await admin.html("/audit");
  t.match(body, /<time datetime="2026-11-24T10:00:00.000Z">24\.11 13:00:00<\/time>/, "in the viewer's zone");
  t.match(body, /Кто-то<small>someone · 10\.1\.2\.3<\/small>/);
  t.match(body, /Изменение POS-сервера/);
  t.match(body, new RegExp(`<a href="/pos-servers/${posServerId}">Мира, 1</a><small>Кофе и точка</small>`));
  t.match(body, /Адрес: https:\/\/a → https:\/\/b; Название: &lt;b&gt;x&lt;\/b&gt; → y/);
  t.match(body, /Вход <span class="badge failed">отказано<\/span>/);
});

t.test("whoever has no login is an agent, the command line, the program or nobody", async (t) => {
  const { monitor, admin: administrator, db } = await startAdministered(t);
  const nobody = { userId: null, login: "", name: null, address: "10.1.2.3" };
  await recordEvent(db, nobody, { action: "pos_server_enrol", subject: "KASSA-7" }, monitor.clock());
  await recordEvent(db, nobody, { action: "sign_in", result: "refused" }, monitor.clock());
  const owner = { ...nobody, name: "Анна", address: "cli" };
  await recordEvent(db, owner, { action: "organization_create" }, monitor.clock());
  await recordEvent(db, PROGRAM, { action: "database_reset_end" }, monitor.clock());
  const body = await administrator.html("/audit?user=none");
  const shown = [...body.matchAll(/class="audit-user">\s*(.*?)<small>(.*?)<\/small>/g)];
  const whos = shown.map(([, name, from]) => `${name} · ${from}`);
  const others = ["без имени · 10.1.2.3", "агент · 10.1.2.3"];
  t.same(whos, ["Poswatch · автоматически", "Анна · командная строка", ...others]);
});

t.test("what happened by itself is one line, unless it is looked for", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  await chooseMoscowTime(monitor);
  const organizationId = await monitor.addOrganization();
  const posServerId = await monitor.addPosServer({ organizationId });
  const byItself = async (subject: string, result: AuditResult = "done", address = PROGRAM.address) => {
    const about = { subject, result, organizationId, posServerId };
    monitor.clock.advance(10 * MINUTE_MS);
    const actor = { ...PROGRAM, address };
    await recordEvent(monitor.db, actor, { action: "pos_server_unpark", ...about }, monitor.clock());
  };
  await byItself("a");
  await byItself("b", "failed");
  await byItself("c", "done", "10.1.2.3");
  await write(monitor, "by somebody", { organizationId });
  await byItself("alone");
  await write(monitor, "by somebody else", { organizationId });
  const folds = async (url: string) =>
    [...(await admin.html(url)).matchAll(/<summary>(\d.*?)<\/summary>/gs)].map(([, line]) =>
      textOf(line ?? ""),
    );
  const line = "3 автоматические записи, 24.11 13:10–13:30 не выполнено: 1";
  t.same(await folds("/audit"), [line]);
  t.same(await folds(`/audit?organization=${organizationId}&from=2026-11-24`), [line]);
  const looking = ["user=none", "action=pos_server_unpark", `posServer=${posServerId}`];
  for (const query of looking) t.same(await folds(`/audit?${query}`), [], query);
  const shown = subjects(await admin.html(`/audit?organization=${organizationId}`));
  t.same(shown, ["by somebody else", "alone", "by somebody", "c", "b", "a"]);
  await byItself("d");
  monitor.clock.advance(11 * HOUR_MS);
  await byItself("e");
  t.same(await folds("/audit"), ["2 автоматические записи, 24.11 13:50–25.11 01:00", line]);
});

t.test(
  "each filter narrows the log, and they narrow together; what is malformed narrows nothing",
  async (t) => {
    const { monitor, admin } = await startAdministered(t);
    await chooseMoscowTime(monitor);
    const other = await signedIn(monitor);
    const [first, second] = [await monitor.addOrganization(), await monitor.addOrganization()];
    const posServerId = await monitor.addPosServer({ organizationId: first });
    const midnightInMoscow = Date.parse("2026-11-20T21:00:00Z");
    await write(monitor, "the moment before", { at: midnightInMoscow - 1 });
    await write(monitor, "its first moment", { at: midnightInMoscow });
    await write(monitor, "its last moment", { at: midnightInMoscow + DAY_MS - 1 });
    await write(monitor, "the moment after", { at: midnightInMoscow + DAY_MS });
    await write(monitor, "a", { organizationId: first, userId: other.userId });
    await write(monitor, "b", { organizationId: second, userId: other.userId });
    await write(monitor, "c", { organizationId: first, posServerId, action: "pos_server_poll" });
    for (const [query, found] of [
      [`organization=${first}`, ["c", "a"]],
      [`posServer=${posServerId}`, ["c"]],
      ["action=pos_server_poll", ["c"]],
      [`user=${other.userId}&action=organization_change`, ["b", "a"]],
      [`user=${other.userId}&organization=${first}`, ["a"]],
      ["user=none&from=2026-11-24", ["c"]],
      ["from=2026-11-21&to=2026-11-21", ["its last moment", "its first moment"]],
      [`posServer=${posServerId}&organization=${second}`, []],
    ] as const)
      t.same(subjects(await admin.html(`/audit?${query}`)), found, query);

    for (const [field, value] of [
      ["user", "abc"],
      ["user", "999"],
      ["user", "1e3"],
      ["action", "constructor"],
      ["organization", "-1"],
      ["organization", "99999999999999999999"],
      ["posServer", "1 or 1=1"],
      ["from", "2026-02-30"],
      ["to", "tomorrow"],
    ] as const) {
      const answer = await admin.get(`/audit?${field}=${encodeURIComponent(value)}`);
      t.equal(answer.statusCode, 200);
      t.match(answer.body, new RegExp(`id="problem-${field}">`), `${field}=${value}`);
      t.ok(subjects(answer.body).includes("the moment before"), `${field}=${value}`);
    }
    const reversed = await admin.html("/audit?from=2026-11-24&to=2026-11-01");
    t.match(reversed, /id="problem-to">Конец периода раньше начала/);
    t.match(reversed, /name="to" type="date" value="2026-11-01"/, "what was typed stays");
    t.equal((await admin.get("/audit?before=x&user=a&user=b&%00=%00")).statusCode, 200);
  },
);

t.test("a user sees and can choose the events of their organizations and their own", async (t) => {
  const monitor = await startMonitor(t);
  const own = await monitor.addOrganization("Своя");
  const foreign = await monitor.addOrganization("Чужая");
  const foreignPosServer = await monitor.addPosServer({ organizationId: foreign });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const user = await signedIn(monitor, { organizations: [own] });
  const stranger = await signedIn(monitor, { login: "stranger", organizations: [foreign] });
  await write(monitor, "in their own", { organizationId: own });
  await write(monitor, "elsewhere", { organizationId: foreign, posServerId: foreignPosServer });
  await write(monitor, "about users", { action: "user_create" });
  await write(monitor, "their own act", { action: "password_change", userId: user.userId });

  const seen = async (browser: typeof user) =>
    subjects(await browser.html("/audit")).filter((subject) => subject !== "—");
  t.same(await seen(user), ["their own act", "in their own"]);
  t.same(await seen(stranger), ["elsewhere"]);
  t.same(await seen(admin), ["their own act", "about users", "elsewhere", "in their own"]);
  const all = await signedIn(monitor, { organizations: "all" });
  t.same(await seen(all), ["elsewhere", "in their own"]);

  const body = await user.html("/audit");
  t.notMatch(body, /Чужая|stranger/);
  const foreigners = [`organization=${foreign}`, `posServer=${foreignPosServer}`, `user=${stranger.userId}`];
  for (const query of foreigners) {
    const answer = await user.get(`/audit?${query}`);
    t.match(answer.body, /class="problem"/, query);
    t.notMatch(answer.body, /elsewhere|Чужая/, query);
  }
  t.equal((await openBrowser(monitor.app).get("/audit")).statusCode, 303);
});
