import t, { type Test } from "tap";
import { type EnrolmentOrder, parseEnrolmentCode } from "../../src/protocol/enrolment.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { hrefOf, signedIn, startAdministered, textOf, unescapeHtml } from "../helpers/page.ts";
import { addRow, changeRows, readRow } from "../helpers/rows.ts";

const COMMAND = /<code id="command">([^<]*)<\/code>/;

t.test("the command of a new code is told on the next page, and on no other", async (t) => {
  const { monitor, admin: browser } = await startAdministered(t);
  const other = await signedIn(monitor, { isAdministrator: true });
  const made = await browser.post("/first-start/codes");
  t.match(made, { statusCode: 303, headers: { location: "/first-start" } });
  t.notMatch(await other.html("/first-start"), COMMAND);

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
  t.match(code, { monitor: "http://localhost", pins: { length: 0 } });
  const secret = code?.secret ?? "";
  t.match(await askToEnrol(monitor, enrolmentOrder(secret, { crmId: "100237" })), { status: 202 });
  t.match(await askToEnrol(monitor, enrolmentOrder(secret)), { status: 409 }, "it is for one agent");
  const events = await monitor.db.selectFrom("auditEvent").selectAll().execute();
  t.ok(events.some(({ action }) => action === "enrolment_code_create"));
  t.notMatch(JSON.stringify(events), secret);
});

t.test("the code is for the only organization, and by CrmId where there is none or a choice", async (t) => {
  const { monitor, admin: browser } = await startAdministered(t);
  await browser.post("/first-start/codes");
  const first = await monitor.addOrganization();
  await browser.post("/first-start/codes");
  await monitor.addOrganization();
  await browser.post("/first-start/codes");
  const codes = await monitor.db.selectFrom("enrolmentCode").selectAll().orderBy("id").execute();
  t.equal(codes.length, 3);
  t.match(codes, [
    { organizationId: null, maxUses: 1 },
    { organizationId: first, maxUses: 1 },
    { organizationId: null, maxUses: 1 },
  ]);
});

t.test("the command names the address that agents reach; without one it says where to set it", async (t) => {
  const { monitor, admin: browser } = await startAdministered(t);
  const host = { host: "poswatch.example" };
  t.match(await browser.text("/first-start"), /только на том компьютере, где работает сам Poswatch/);
  const { body } = await browser.get("/first-start", host);
  t.notMatch(textOf(body), /только на том компьютере/);
  t.match(body, '<a href="/settings/addresses#publicAddress">');
  t.match(body, /<button class="button button-primary" disabled>/);
  t.match((await browser.post("/first-start/codes", {}, host)).headers.location, "/first-start");
  t.same(await monitor.db.selectFrom("enrolmentCode").selectAll().execute(), []);

  const value = JSON.stringify("https://agents.vkusdom.example");
  await addRow(monitor.db, "setting", { key: "publicAddress", value });
  await browser.post("/first-start/codes", {}, host);
  const told = await browser.get("/first-start", host);
  t.match(textOf(told.body), "Компьютеру нужен выход на https://agents.vkusdom.example.");
  const command = unescapeHtml(told.body.match(COMMAND)?.[1] ?? "");
  t.match(parseEnrolmentCode(command.split(" ").at(-1) ?? ""), { monitor: "https://agents.vkusdom.example" });
});

const FORM = 'action="/first-start/organizations"';

async function startWaiting(t: Test, changes: Partial<EnrolmentOrder> = { crmId: "100237" }) {
  const { monitor, admin: browser, db } = await startAdministered(t);
  const order = enrolmentOrder(await addEnrolmentCode(monitor), changes);
  await askToEnrol(monitor, order);
  const { id } = await readRow(db, "enrolment");
  const wanted = { enrolment: String(id), posServer: "Тверская, 12" };
  const add = (fields: Record<string, string>) =>
    browser.post("/first-start/organizations", { ...wanted, ...fields });
  return { monitor, db, browser, order, id, add };
}

t.test("an agent is let in with an organization of the CrmId that it told", async (t) => {
  const { monitor, db, browser, order, add } = await startWaiting(t);
  const page = await browser.html("/first-start");
  t.match(textOf(page), "KASSA-12 CrmId 100237");
  t.match(page, /id="crmId" name="crmId" type="text" value="100237"/);
  t.match(page, /name="posServer" type="text" value="KASSA-12"/);
  const added = await add({ name: "ООО «Вкусный дом»", crmId: "100237" });
  t.match(added, { statusCode: 303, headers: { location: "/first-start" } });
  const organization = { name: "ООО «Вкусный дом»", crmId: "100237" };
  const body = { organization, posServer: { name: "Тверская, 12" } };
  t.match(await askToEnrol(monitor, order), { status: 201, body });
  const events = (await recordedEvents(db)).slice(-2);
  t.match(events, [{ action: "organization_create" }, { action: "enrolment_confirm" }]);
  t.match(await browser.text("/first-start"), "Организация: ООО «Вкусный дом»");
});

t.test("what is wrong is said beside its field, what was typed is kept, and nothing is saved", async (t) => {
  const { monitor, db, add } = await startWaiting(t);
  for (const [fields, problem] of [
    [{ name: "", crmId: "100237" }, "problem-name"],
    [{ name: "Дом", crmId: "12a" }, "problem-crmId"],
    [{ name: "Дом", crmId: "100237", posServer: "" }, "problem-posServer"],
  ] as const) {
    const { statusCode, body } = await add(fields);
    t.equal(statusCode, 422);
    t.match(body, `id="${problem}"`);
    t.match(body, `value="${fields.crmId}"`);
  }
  const other = await add({ name: "Дом", crmId: "100500" });
  t.equal(other.statusCode, 422);
  t.match(textOf(other.body), "Агент сообщает CrmId 100237.");
  await monitor.addOrganization("ООО «Другой дом»", "100237");
  const { statusCode, body } = await add({ name: "Дом", crmId: "100237" });
  t.equal(statusCode, 422);
  t.match(textOf(body), "Организация с таким CrmId уже есть");
  t.equal((await db.selectFrom("organization").selectAll().execute()).length, 1);
  t.same(await db.selectFrom("posServer").selectAll().execute(), []);
});

t.test("an agent that nobody waits with any more leads back, and adds nothing", async (t) => {
  const { db, browser, id, add } = await startWaiting(t);
  const wanted = { name: "Дом", crmId: "100237" };
  await browser.post(`/enrolments/agents/${id}/refusal`);
  t.match(await add(wanted), { statusCode: 303, headers: { location: "/first-start" } });
  t.match(await add({ name: "" }), { statusCode: 303 }, "whatever is wrong with it");
  await changeRows(db, "enrolment", { state: "awaited" });
  t.same(await db.selectFrom("organization").selectAll().execute(), []);

  const taken = await startWaiting(t);
  await taken.monitor.addPosServer({ identity: taken.order.posServerId });
  t.match(await taken.add(wanted), {
    statusCode: 303,
    headers: { location: `/enrolments/agents/${taken.id}/confirmation/new` },
  });
});

t.test("where there are organizations one can be chosen, or added for a CrmId that none has", async (t) => {
  const { monitor, browser, id } = await startWaiting(t, { crmId: null });
  t.match(await browser.html("/first-start"), FORM, "without any organization its CrmId is asked for");
  await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const { body } = await browser.get("/first-start");
  t.notMatch(body, FORM);
  t.equal(hrefOf(body, /confirmation/), `/enrolments/agents/${id}/confirmation/new`);
  const { browser: another, monitor: second } = await startWaiting(t);
  await second.addOrganization("ООО «Другой дом»", "100500");
  const page = await another.html("/first-start");
  t.match(page, FORM);
  t.match(hrefOf(page, /confirmation/), /confirmation\/new$/);
});
