import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { Config } from "../../../src/monitor/config.ts";
import { readSettings } from "../../../src/monitor/installation/settings.ts";
import { startMonitor } from "../../helpers/app.ts";
import { logLines } from "../../helpers/log-lines.ts";
import { openBrowser, textOf } from "../../helpers/page.ts";

const FORM = { login: "Admin", name: "Анна Иванова", password: "long enough", repeated: "long enough" };

t.test("an empty data folder leads to /setup, whose token makes the first administrator, once", async (t) => {
  const log = logLines();
  const monitor = await startMonitor(t, { logStream: log.stream });
  const file = join(monitor.dataDir, "setup-token");
  const token = readFileSync(file, "utf8").trim();
  if (process.platform !== "win32") t.equal(statSync(file).mode & 0o777, 0o600);
  t.ok(log.text().includes(file), "its path is in the log");
  t.notOk(log.text().includes(token), "itself is not");

  const browser = openBrowser(monitor.app);
  t.equal((await browser.get("/pos-servers")).headers.location, "/login");
  t.equal((await browser.get("/login")).headers.location, "/setup");
  const page = await browser.get("/setup");
  t.equal(page.statusCode, 200);
  t.match(page.body, /id="token"[^>]* autofocus/);
  t.match(textOf(page.body), /Имя Как пользователя видят другие/);
  t.notOk(page.body.includes(token));

  const answer = await browser.post("/setup", { ...FORM, token });
  t.equal(answer.statusCode, 303);
  t.match(await browser.html("/first-start"), /Анна Иванова/, "and signs in");
  t.notOk(existsSync(file), "the token is gone");
  t.equal((await browser.get("/setup")).statusCode, 404);
  t.equal((await browser.post("/setup", { ...FORM, login: "second", token })).statusCode, 404);
  const users = await monitor.db.selectFrom("user").select(["login", "isAdministrator"]).execute();
  t.same(users, [{ login: "admin", isAdministrator: 1 }]);
});

t.test("a wrong token, login or password changes nothing and is named beside its field", async (t) => {
  const monitor = await startMonitor(t);
  const token = readFileSync(join(monitor.dataDir, "setup-token"), "utf8").trim();
  const browser = openBrowser(monitor.app);
  const cases: [Record<string, string>, RegExp][] = [
    [{ token: "guess" }, /id="problem-token">Код неверен/],
    [{ login: "a b" }, /id="problem-login">Логин/],
    [{ name: " " }, /id="problem-name">Укажите имя/],
    [{ name: "Я".repeat(101) }, /id="problem-name">Слишком длинное имя: не больше 100 знаков/],
    [
      { password: "short", repeated: "other" },
      /id="problem-password">Пароль слишком короткий.*id="problem-repeated">Пароли не совпадают/s,
    ],
    [{ publicAddress: "poswatch.example" }, /id="problem-publicAddress">Укажите адрес целиком/],
    [
      { publicAddress: "http://10.1.1.1:8080" },
      /value="http:\/\/10\.1\.1\.1:8080".*id="problem-publicAddress">Адрес должен начинаться с https/s,
    ],
  ];
  for (const [change, message] of cases) {
    const answer = await browser.post("/setup", { token, ...FORM, ...change });
    t.equal(answer.statusCode, 422);
    t.match(answer.body, message);
    t.notMatch(answer.body, /long enough/, "no password comes back");
    const kept = /name="token"[^>]* value="([^"]*)"/.exec(answer.body)?.[1];
    t.equal(kept, change.token ? "" : token, "the right token need not be given again");
  }
  t.same(await monitor.db.selectFrom("user").selectAll().execute(), []);
});

t.test("it asks for the address that agents use, and proposes that of the browser", async (t) => {
  const agentListener = { host: "0.0.0.0", port: 8443 };
  const asked = async (config: Partial<Config>, headers: Record<string, string>) => {
    const { app } = await startMonitor(t, { config });
    const { body } = await app.inject({ url: "/setup", headers });
    return /name="publicAddress"[^>]* value="([^"]*)"/.exec(body)?.[1];
  };
  const forwarded = { host: "poswatch.example", "x-forwarded-proto": "https", "x-forwarded-for": "10.1.1.1" };
  t.equal(await asked({}, { host: "127.0.0.1:8080" }), "", "of use to agents of this machine alone");
  t.equal(await asked({ agentListener }, { host: "localhost:8080" }), "");
  t.equal(await asked({}, { host: "poswatch.example" }), "", "agents could not use it");
  t.equal(await asked({}, { host: '"><script>' }), "");
  const trustProxy = ["127.0.0.1"];
  t.equal(await asked({ trustProxy, agentListener }, forwarded), "https://poswatch.example");

  const monitor = await startMonitor(t);
  const token = readFileSync(join(monitor.dataDir, "setup-token"), "utf8").trim();
  const browser = openBrowser(monitor.app);
  const publicAddress = "https://Poswatch.example:8443/";
  t.equal((await browser.post("/setup", { ...FORM, token, publicAddress })).statusCode, 303);
  t.match(await readSettings(monitor.db), { publicAddress: "https://poswatch.example:8443" });
  const log = await browser.html("/audit?action=settings_change");
  t.match(log, /Анна Иванова.*Адрес Poswatch: — → https:\/\/poswatch\.example:8443/s);
});
