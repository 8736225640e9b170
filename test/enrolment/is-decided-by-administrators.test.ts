import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { PROGRAM } from "../../src/monitor/audit-log/record-event.ts";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { changeSettings } from "../../src/monitor/settings/change-settings.ts";
import { parseEnrolmentCode } from "../../src/protocol/enrolment.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { makeFolder } from "../helpers/folder.ts";
import { hrefOf, signedIn, startAdministered, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";

/** The code of the command on a page. */
const codeOn = (html: string) => parseEnrolmentCode(/enroll --code ([\w-]+)/.exec(html)?.[1] ?? "");

/** Where it is decided of the first agent that has asked. */
const CONFIRMATION = "/enrolments/agents/1/confirmation";

async function start(t: Test) {
  const { monitor, admin } = await startAdministered(t);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const { db } = monitor;
  const posServers = () => db.selectFrom("posServer").selectAll().execute();
  const codes = () => db.selectFrom("enrolmentCode").selectAll().execute();
  return { monitor, organizationId, admin, db, posServers, codes };
}

t.test("a code is made, shown once, used, and taken back", async (t) => {
  const { monitor, organizationId, admin, codes } = await start(t);
  t.match(await admin.text("/enrolments"), /Кодов пока нет/);
  const wanted = { organization: String(organizationId), uses: "2", days: "7" };
  t.match(await admin.post("/enrolments", wanted), { headers: { location: "/enrolments/1" } });
  const told = await admin.html("/enrolments/1");
  const code = codeOn(told);
  t.match(code, { monitor: /^http:\/\//, pins: { length: 0 } });
  t.match(textOf(told), /ООО «Вкусный дом» .* Действует до .*, для 2 POS-серверов/s);
  const again = await admin.html("/enrolments/1");
  t.notMatch(again, code?.secret, "loaded again, the page makes no other code, and tells this one no more");
  t.match(textOf(again), /Команда уже показана/);
  t.equal((await codes()).length, 1);
  t.match(await askToEnrol(monitor, enrolmentOrder(code?.secret ?? "")), { status: 201 });

  t.match(await admin.text("/enrolments/1"), /для 2 POS-серверов\. Использований: 1 из 2\./);
  const list = await admin.get("/enrolments");
  t.notMatch(list.body, code?.secret);
  t.match(
    textOf(list.body),
    /ООО «Вкусный дом» действует до 01\.12 13:00 1 из 2 .* Отозвать .* KASSA-12 KASSA-12 .* автоматически, по коду/s,
  );
  t.equal((await admin.get("/enrolments/1/withdrawal/new")).statusCode, 200);
  const withdrawn = await admin.post("/enrolments/1/withdrawal", {});
  t.equal(withdrawn.headers.location, "/enrolments?notice=withdrawn");
  const withNotice = await admin.text("/enrolments?notice=withdrawn");
  t.match(withNotice, /Код отозван.* отозван 24\.11 13:00 1 из 2 24\.11 13:00/s);
  const closed = await admin.text("/enrolments/1");
  t.match(closed, /Код отозван 24\.11 13:00\. Использований: 1 из 2\. По этому коду больше никто/);
  t.notMatch(closed, /этот отзовите/);
  t.equal((await admin.post("/enrolments/1/withdrawal", {})).statusCode, 404, "once");
  t.match(await askToEnrol(monitor, enrolmentOrder(code?.secret ?? "")), { status: 410 });
});

t.test("a code names the address and the keys that agents will meet", async (t) => {
  const agentCertificateFiles = [join(makeFolder(t), "agents.pem")];
  writeFileSync(agentCertificateFiles[0] ?? "", (await makeCertificate()).cert);
  const monitor = await startMonitor(t, { config: { agentCertificateFiles } });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const form = { organization: "", uses: "1", days: "1" };
  const post = (host: string) => admin.post("/enrolments", form, { host });
  const codeIn = async ({ headers }: { headers: Record<string, unknown> }) =>
    codeOn(await admin.html(String(headers.location)));

  const unknown = await post("poswatch.example");
  t.equal(unknown.statusCode, 422, "agents do not come by http:// from elsewhere");
  t.match(textOf(unknown.body), /Сначала укажите его в «Настройках»: Адрес Poswatch/);
  const onlyHere =
    /только на том компьютере, где работает сам Poswatch: в ней адрес http:\/\/127\.0\.0\.1:8080/;
  const here = { host: "127.0.0.1:8080" };
  t.match(textOf((await admin.get("/enrolments/new", here)).body), onlyHere);
  const local = await post(here.host);
  const told = await admin.html(String(local.headers.location));
  t.match(textOf(told), onlyHere);
  t.equal(hrefOf(told, /settings\/addresses#/), "/settings/addresses#publicAddress");
  t.match(await codeIn(await post(here.host)), { monitor: "http://127.0.0.1:8080" });

  const pagesUrl = "https://pages.example/north/";
  await changeSettings(monitor.db, PROGRAM, { pagesUrl }, monitor.clock());
  t.match(await codeIn(await post("attacker.example")), { monitor: "https://pages.example/north" });
  const publicAddress = "https://poswatch.example:8443";
  await changeSettings(monitor.db, PROGRAM, { publicAddress }, monitor.clock());
  t.match(await codeIn(await post("poswatch.example")), {
    monitor: "https://poswatch.example:8443",
    pins: monitor.app.monitorPins,
  });
  t.notMatch(textOf((await admin.get("/enrolments/new", here)).body), /только на том компьютере/);
  t.equal(monitor.app.monitorPins.length, 1);
});

t.test("codes are told apart, whoever waits by which, and what was done with them", async (t) => {
  const { monitor, admin } = await start(t);
  await addEnrolmentCode(monitor);
  monitor.clock.advance(3_600_000);
  const secret = await addEnrolmentCode(monitor);
  await askToEnrol(monitor, enrolmentOrder(secret));
  await admin.post("/enrolments/1/withdrawal", {});
  const { body } = await admin.get("/enrolments");
  t.match(body, '<a href="/enrolments/2">код от 24.11 14:00: Анна Иванова</a>');
  t.match(
    textOf(body),
    /По CrmId агента использован 1 из 1 24\.11 14:00 Анна Иванова .*отозван 24\.11 14:00 0 из 1 24\.11 13:00 Анна/,
  );
  const events = /Отзыв кода подключения \S+ По CrmId агента .*Создание кода подключения \S+ По CrmId агента/;
  t.match(await admin.text("/audit"), events);
});

t.test("what is wrong with the form of a code is said beside its field, and nothing is lost", async (t) => {
  const { admin, codes } = await start(t);
  const right = { organization: "", uses: "7", days: "1" };
  for (const [wrong, problem] of [
    [{ uses: "0" }, /Укажите целое число от 1 до 10/],
    [{ uses: "10001" }, /Укажите целое число от 1 до 10/],
    [{ days: "400" }, /Выберите срок/],
    [{ organization: "x" }, /Выберите организацию/],
    [{ organization: "987" }, /Этой организации больше нет/],
  ] as const) {
    const form = { ...right, ...wrong };
    const answer = await admin.post("/enrolments", form);
    t.equal(answer.statusCode, 422, JSON.stringify(wrong));
    t.match(textOf(answer.body), problem);
    t.match(answer.body, `value="${form.uses}"`);
  }
  t.same(await codes(), []);
});

t.test("an agent that waits is confirmed as a new POS server of the chosen organization", async (t) => {
  const { monitor, organizationId, admin, db } = await start(t);
  const code = await addEnrolmentCode(monitor);
  const order = enrolmentOrder(code, { version: "34.2.117.0" });
  t.match(await askToEnrol(monitor, order), { status: 202 });
  t.match(
    await admin.text("/enrolments"),
    /Ждут подтверждения .*KASSA-12 CrmId неизвестен · версия 34\.2\.117\.0 · с адреса 127\.0\.0\.1/s,
  );
  const first = await admin.get(`${CONFIRMATION}/new`);
  t.notMatch(first.body, /name="posServer"/, "the organization comes first");
  t.notMatch(first.body, /id="problem-organization"/);
  const none = await admin.get(`${CONFIRMATION}/new?organization=`);
  t.match(none.body, /id="problem-organization"/, "it is said that none was chosen");
  const chosen = await admin.get(`${CONFIRMATION}/new?organization=${organizationId}`);
  t.match(chosen.body, /name="name" type="text" value="KASSA-12"/);

  const post = (form: Record<string, string>) =>
    admin.post(CONFIRMATION, { organization: String(organizationId), posServer: "", ...form });
  await monitor.addPosServer({ organizationId, name: "Тверская, 12" });
  const sameName = await post({ name: "Тверская, 12" });
  t.match(textOf(sameName.body), /POS-сервер с таким названием в организации уже есть/);
  t.equal((await post({ name: "" })).statusCode, 422);
  const confirmed = await post({ name: "Арбат, 5" });
  t.match(confirmed.headers.location, /^\/pos-servers\/\d+$/);
  t.match(await askToEnrol(monitor, order), { status: 201, body: { posServer: { name: "Арбат, 5" } } });
  const late = await post({ name: "Арбат, 6" });
  t.equal(late.headers.location, confirmed.headers.location, "once");
  t.equal((await admin.get(`${CONFIRMATION}/new`)).headers.location, confirmed.headers.location);
  await setArchived(db, organizationId, 1);
  const archived = await admin.get(`${CONFIRMATION}/new`);
  t.equal(archived.headers.location, `/organizations/${organizationId}`, "there is no page in the archive");
  t.match(await admin.html("/enrolments"), `href="/organizations/${organizationId}"`);
  t.equal((await admin.get(`/organizations/${organizationId}`)).statusCode, 200);
  const events = await recordedEvents(db, "enrolment_ask", "enrolment_confirm");
  t.match(events, [{ subject: "KASSA-12" }, { subject: "Арбат, 5" }]);
});

t.test("an agent that was installed anew takes the place and history of its POS server", async (t) => {
  const { monitor, organizationId, admin, db, posServers } = await start(t);
  const old = await monitor.addPosServer({ organizationId, name: "Тверская, 12", identity: "old" });
  await monitor.report(old, { error: "boom" });
  const order = enrolmentOrder(await addEnrolmentCode(monitor));
  await askToEnrol(monitor, order);
  const form = { organization: String(organizationId), posServer: String(old), name: "" };
  t.equal((await admin.post(CONFIRMATION, form)).headers.location, `/pos-servers/${old}`);
  t.match(await posServers(), [
    { id: old, name: "Тверская, 12", identity: order.posServerId, connection: "dial_out", address: null },
  ]);
  t.ok((await db.selectFrom("stateChange").selectAll().execute()).length > 1);
  t.match(await askToEnrol(monitor, order), { status: 201, body: { posServer: { name: "Тверская, 12" } } });
});

t.test("an agent that is refused stops asking with this code", async (t) => {
  const { monitor, organizationId, admin, db } = await start(t);
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  const order = enrolmentOrder(code, { host: "KASSA\u202e\n21", version: "34\u0007" });
  await askToEnrol(monitor, order);
  t.match(await readRow(db, "enrolment"), { host: "KASSA⟨U+202E⟩ 21", version: "34␇" });
  t.equal((await admin.get("/enrolments/agents/1/refusal/new")).statusCode, 200);
  const refused = await admin.post("/enrolments/agents/1/refusal", {});
  t.equal(refused.headers.location, "/enrolments?notice=refused");
  t.match(await admin.text("/enrolments"), /KASSA⟨U\+202E⟩ 21 отказано/, "what cannot be seen is visible");
  t.match(await askToEnrol(monitor, order), { status: 403, body: { error: "refused" } });
  const late = await admin.post("/enrolments/agents/1/refusal", {});
  t.equal(late.headers.location, "/enrolments", "whose list says so");
  for (const decision of ["confirmation", "refusal"])
    t.equal((await admin.get(`/enrolments/agents/9/${decision}/new`)).statusCode, 404, "nobody has asked");
  const next = await addEnrolmentCode(monitor, { organizationId });
  const again = await askToEnrol(monitor, { ...order, code: next });
  t.match(again, { status: 201 }, "with another one it may come");
});

t.test("an agent of another organization is not let in: it would exchange for that one", async (t) => {
  const { monitor, organizationId, admin, posServers } = await start(t);
  const code = await addEnrolmentCode(monitor, { organizationId });
  const order = enrolmentOrder(code, { crmId: "100999" });
  t.match(await askToEnrol(monitor, order), { status: 202 });
  const first = await admin.html(`${CONFIRMATION}/new`);
  t.match(textOf(first), /Организации с таким CrmId нет/);
  t.equal(hrefOf(first, /organizations\/new/), "/organizations/new?crmId=100999&enrolment=1");
  t.notMatch(first, /name="(organization|name)"/, "nothing is offered that would fail");
  const form = { organization: String(organizationId), posServer: "", name: "Арбат, 5" };
  const refused = await admin.post(CONFIRMATION, form);
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), /Агент сообщает CrmId 100999, а у этой организации 100237/);
  t.same(await posServers(), []);

  const page = await admin.get("/organizations/new?crmId=100999&enrolment=1");
  t.match(page.body, /name="crmId" type="text" value="100999"/);
  const added = await admin.post("/organizations", { name: "Другой дом", crmId: "100999", enrolment: "1" });
  t.equal(added.headers.location, `${CONFIRMATION}/new`);
  t.match(await askToEnrol(monitor, order), { status: 202 }, "it stays with whoever is deciding of it");
  const afterwards = await admin.html(`${CONFIRMATION}/new`);
  t.match(textOf(afterwards), /Подключить к организации Другой дом/);
  t.match(afterwards, /name="name" type="text" value="KASSA-12"/);
  const right = { ...form, organization: String(organizationId + 1) };
  t.match((await admin.post(CONFIRMATION, right)).headers.location, /^\/pos-servers/);
});

t.test("a code for one POS server puts the next agent in its place", async (t) => {
  const { monitor, organizationId, admin, db, posServers } = await start(t);
  const id = await monitor.addPosServer({ organizationId, name: "Тверская, 12", identity: "old" });
  await monitor.report(id, { error: "boom" });
  const reconnect = await admin.get(`/pos-servers/${id}/connections/new`);
  t.equal(hrefOf(reconnect.body, /enrolments/), `/enrolments/new?posServer=${id}`);
  const page = await admin.get(`/enrolments/new?posServer=${id}`);
  t.match(textOf(page.body), /Код подключения: Тверская, 12/);
  t.notMatch(page.body, /name="(organization|uses)"/);
  t.equal((await admin.post("/enrolments", { posServer: String(id), days: "400" })).statusCode, 422);
  const made = await admin.post("/enrolments", { posServer: String(id), days: "1" });
  const secret = codeOn(await admin.html(String(made.headers.location)))?.secret ?? "";
  const order = enrolmentOrder(secret, { crmId: "100237" });
  t.match(await askToEnrol(monitor, order), { status: 201, body: { posServer: { name: "Тверская, 12" } } });
  t.match(await posServers(), [
    { id, name: "Тверская, 12", identity: order.posServerId, connection: "dial_out", address: null },
  ]);
  t.ok((await db.selectFrom("stateChange").selectAll().execute()).length > 1, "its history stays");
  t.match(await askToEnrol(monitor, enrolmentOrder(secret)), { status: 409 }, "once");
  t.match(await admin.text("/enrolments"), /Тверская, 12 · ООО «Вкусный дом» использован 1 из 1/);
  const events = await recordedEvents(db, "enrolment_code_create", "pos_server_enrol");
  const event = { subject: "Тверская, 12", posServerId: id };
  t.match(events, [event, event]);

  const edit = await admin.get(`/pos-servers/${id}/edit`);
  t.match(textOf(edit.body), /Агент подключается к Poswatch сам/);
  t.notMatch(edit.body, /name="(address|token|fingerprint|acceptIdentity)"/);
  const changed = { name: "Тверская, 14", address: "https://127.0.0.1:1", token: "0123456789abcdef" };
  await admin.post(`/pos-servers/${id}`, changed);
  t.match(await posServers(), [
    { name: "Тверская, 14", connection: "dial_out", address: null, identity: order.posServerId },
  ]);
  for (const gone of ["987", "x"]) {
    t.equal((await admin.get(`/enrolments/new?posServer=${gone}`)).statusCode, 404);
    t.equal((await admin.post("/enrolments", { posServer: gone, days: "1" })).statusCode, 404);
  }
});

t.test("an agent of another organization waits with the POS server that the code was for", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  const posServerId = await monitor.addPosServer({ organizationId, name: "Тверская, 12", identity: "old" });
  const code = await addEnrolmentCode(monitor, { organizationId, posServerId });
  const order = enrolmentOrder(code, { crmId: "100999" });
  t.match(await askToEnrol(monitor, order), { status: 202 });
  // Bound rightly, it asks again with the same code.
  t.match(await askToEnrol(monitor, { ...order, crmId: "100237" }), { status: 202 });
  const form = await admin.html(`${CONFIRMATION}/new`);
  t.match(form, new RegExp(`<option value="${posServerId}" selected>Тверская, 12`));
  t.match(await admin.text("/enrolments"), /использован 1 из 1/);
});

t.test("the list shows who waits without being loaded anew, and so does the status page", async (t) => {
  const { monitor, admin } = await start(t);
  const part = { "hx-request-type": "partial" };
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  await monitor.addPosServer();
  const empty = await admin.get("/enrolments", part);
  t.notMatch(empty.body, "KASSA-12");
  const tag = String(empty.headers["hx-ptag"]);
  t.equal((await admin.get("/enrolments", { ...part, "hx-ptag": tag })).statusCode, 304);
  await askToEnrol(monitor, enrolmentOrder(code));
  t.match((await admin.get("/enrolments", { ...part, "hx-ptag": tag })).body, /KASSA-12/);
  t.match(await admin.text("/pos-servers?list=1"), /1 агент ждёт подтверждения\. Посмотреть/);
  const colleague = await signedIn(monitor, { organizations: "all" });
  t.notMatch(await colleague.text("/pos-servers?list=1"), /ждёт подтверждения/);
});
