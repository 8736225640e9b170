import t from "tap";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { addApiToken } from "../helpers/api.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { signedIn, startAdministered, textOf } from "../helpers/page.ts";
import { startPoswatch } from "../helpers/program.ts";

const FORM = { name: "Служба поддержки", days: "90", scope: ["read", "poll"], allOrganizations: "yes" };

t.test("a token is made in the settings, shown once, listed and taken back", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const made = await admin.post("/settings/api/tokens", FORM);
  t.equal(made.statusCode, 200);
  const token = /id="token"[^>]* value="([\w-]{43})"/.exec(made.body)?.[1] ?? "";
  const ask = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await monitor.app.inject({ url: "/api/v1/pos-servers", headers })).statusCode;
  };
  t.equal(await ask(), 200);
  const list = await admin.html("/settings/api");
  const shown = textOf(list);
  t.match(shown, /Служба поддержки user-\d+ read, poll все организации 22\.02\.2027 13:00 24\.11 13:00/);
  t.notMatch(list, token);
  const log = await admin.text("/audit");
  t.match(log, /Создание токена API( \S+)? Служба поддержки.*разрешения: read, poll; до 22\.02\.2027/);

  const { id } = await monitor.db.selectFrom("accessToken").select("id").executeTakeFirstOrThrow();
  t.match(await admin.text(`/settings/api/tokens/${id}/removal/new`), /Отозвать токен: Служба поддержки\?/);
  t.equal(await ask(), 200, "asking changes nothing");
  const removed = await admin.post(`/settings/api/tokens/${id}/removal`);
  t.equal(removed.headers.location, "/settings/api?notice=removed");
  t.equal(await ask(), 401);
  t.match(await admin.text("/settings/api?notice=removed"), /Токен отозван/);
  t.same((await recordedEvents(monitor.db, "api_token_remove")).length, 1);
});

t.test("a form with mistakes says what is wrong beside each field, and makes nothing", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organization = String(await monitor.addOrganization());
  const wrong: [Record<string, string | string[]>, RegExp][] = [
    [{ name: " " }, /id="problem-name">Заполните/],
    [{ name: "x".repeat(81) }, /id="problem-name">.*не больше 80 знаков/],
    [{ days: "10000" }, /id="problem-days">Выберите/],
    [{ scope: [] }, /id="problem-scopes">Отметьте/],
    [{ scope: ["read", "reset"] }, /id="problem-scopes">Отметьте/],
    [{ scope: ["read", "batches"] }, /id="problem-scopes">Для действий сразу со многими/],
    [{ allOrganizations: "" }, /id="problem-organizations">Отметьте хотя бы одну/],
    [{ allOrganizations: "", organization: "987654" }, /id="problem-organizations">Отметьте хотя бы одну/],
    [{ allOrganizations: "", organization, scope: "import" }, /id="problem-organizations">Для импорта/],
  ];
  for (const [fields, problem] of wrong) {
    const { statusCode, body } = await admin.post("/settings/api/tokens", { ...FORM, ...fields });
    t.equal(statusCode, 422, JSON.stringify(fields));
    t.match(body, problem);
  }
  t.same(await monitor.db.selectFrom("accessToken").select("id").execute(), []);
});

t.test("the list says which tokens open nothing any more, or see less", async (t) => {
  const monitor = await startMonitor(t);
  await addApiToken(monitor, { name: "Старая", days: 30 });
  await addApiToken(monitor, { name: "Чужая", userId: 987_654 });
  const { userId } = await signedIn(monitor);
  await addApiToken(monitor, { name: "Прежняя", userId });
  monitor.clock.advance(31 * DAY_MS);
  const admin = await signedIn(monitor, { isAdministrator: true });
  t.match(
    await admin.text("/settings/api"),
    /Прежняя.*создатель больше не администратор.*Чужая.*создатель заблокирован.*Старая.*командная строка.*срок истёк/i,
  );
});

t.test("the machine's owner makes, lists and removes tokens that depend on nobody", async (t) => {
  const monitor = await startMonitor(t);
  monitor.clock.set(Date.now());
  const organization = await monitor.addOrganization("Здесь");
  const run = async (...args: string[]) => {
    const program = startPoswatch(t, ["token", ...args], { env: { DATA_DIR: monitor.dataDir } });
    return { code: await program.ended, output: program.output() };
  };
  const options = ["--scopes", "read,metrics", "--organizations", String(organization)];
  const made = await run("create", "Help", "desk", ...options);
  t.match(made, { code: 0, output: /^[\w-]{43}\n$/ });
  const headers = { authorization: `Bearer ${made.output.trim()}` };
  const ask = async () => (await monitor.app.inject({ url: "/api/v1/incidents", headers })).statusCode;
  t.equal(await ask(), 200);
  t.match((await run("list")).output, /^1\tHelp desk\tread,metrics\tЗдесь\tuntil \S+Z\tcli\n$/);
  const wrong = [
    ["create"],
    ["create", "x", "--scopes", "reset"],
    ["create", "x", "--days", "0"],
    ["create", "x", "--scopes", "import", "--organizations", String(organization)],
    ["remove", "2"],
  ];
  for (const args of wrong) t.match(await run(...args), { code: 1 }, args.join(" "));
  t.match(await run("remove", "1"), { code: 0 });
  t.equal(await ask(), 401);
  const events = await recordedEvents(monitor.db, "api_token_create", "api_token_remove");
  t.match(events, [{ address: "cli" }, { address: "cli" }]);
});
