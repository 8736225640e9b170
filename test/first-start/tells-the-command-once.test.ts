import t from "tap";
import { parseEnrolmentCode } from "../../src/protocol/enrolment-code.ts";
import { startMonitor } from "../helpers/app.ts";
import { askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { textOf, unescapeHtml } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

const COMMAND = /<code id="command">([^<]*)<\/code>/;

t.test("the command of a new code is told on the next page, and on no other", async (t) => {
  const monitor = await startMonitor(t);
  const browser = await signedIn(monitor, { isAdministrator: true });
  const other = await signedIn(monitor, { isAdministrator: true });
  const { statusCode, headers } = await browser.post("/first-start/codes");
  t.match({ statusCode, location: headers.location }, { statusCode: 303, location: "/first-start" });
  t.notMatch((await other.get("/first-start")).body, COMMAND);

  const { body } = await browser.get("/first-start");
  const command = unescapeHtml(body.match(COMMAND)?.[1] ?? "");
  t.match(command, /^npm run agent -- --config agent\.json enroll --code \S+$/);
  t.match(textOf(body), "Код одноразовый, действует до 25.11 13:00.");
  const letter = unescapeHtml(body.match(/<textarea id="letter"[^>]*>([^<]*)/)?.[1] ?? "");
  t.ok(letter.includes(`\n\n${command}\n\n`), "the letter has the same command");
  t.notMatch(body, "http-equiv", "without JavaScript the page stays with its command");

  const { body: again } = await browser.get("/first-start");
  t.notMatch(again, COMMAND);
  t.match(textOf(again), "Команда уже создана в 13:00 и действует до 25.11 13:00.");
  t.match(again, "http-equiv");

  const code = parseEnrolmentCode(command.split(" ").at(-1) ?? "");
  t.match(code, { monitor: "http://localhost", pins: [] });
  const secret = code?.secret ?? "";
  t.match(await askToEnrol(monitor, enrolmentOrder(secret, { crmId: "100237" })), { status: 202 });
  t.match(await askToEnrol(monitor, enrolmentOrder(secret)), { status: 409 }, "it is for one agent");
  const events = await monitor.app.database.db.selectFrom("auditEvent").selectAll().execute();
  t.ok(events.some(({ action }) => action === "enrolment_code_create"));
  t.notMatch(JSON.stringify(events), secret);
});

t.test("the code is for the only organization, and by CrmId where there is none or a choice", async (t) => {
  const monitor = await startMonitor(t);
  const browser = await signedIn(monitor, { isAdministrator: true });
  await browser.post("/first-start/codes");
  const first = await monitor.addOrganization();
  await browser.post("/first-start/codes");
  await monitor.addOrganization();
  await browser.post("/first-start/codes");
  const codes = await monitor.app.database.db
    .selectFrom("enrolmentCode")
    .select(["organizationId", "maxUses"])
    .orderBy("id")
    .execute();
  t.same(codes, [
    { organizationId: null, maxUses: 1 },
    { organizationId: first, maxUses: 1 },
    { organizationId: null, maxUses: 1 },
  ]);
});

t.test("the command names the address that agents reach; without one it says where to set it", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const browser = await signedIn(monitor, { isAdministrator: true });
  const host = { host: "poswatch.example" };
  t.match(
    textOf((await browser.get("/first-start")).body),
    /только на том компьютере, где работает сам Poswatch/,
  );
  const { body } = await browser.get("/first-start", host);
  t.notMatch(textOf(body), /только на том компьютере/);
  t.match(body, '<a href="/settings#publicAddress">');
  t.match(body, /<button class="button button-primary" disabled>/);
  t.match((await browser.post("/first-start/codes", {}, host)).headers.location, "/first-start");
  t.same(await db.selectFrom("enrolmentCode").selectAll().execute(), []);

  const value = JSON.stringify("https://agents.vkusdom.example");
  await db.insertInto("setting").values({ key: "publicAddress", value }).execute();
  await browser.post("/first-start/codes", {}, host);
  const told = await browser.get("/first-start", host);
  t.match(textOf(told.body), "Компьютеру нужен выход на https://agents.vkusdom.example.");
  const command = unescapeHtml(told.body.match(COMMAND)?.[1] ?? "");
  t.match(parseEnrolmentCode(command.split(" ").at(-1) ?? ""), { monitor: "https://agents.vkusdom.example" });
});
