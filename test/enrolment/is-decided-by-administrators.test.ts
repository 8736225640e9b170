import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { PROGRAM } from "../../src/monitor/audit-log/record-event.ts";
import { changeSettings } from "../../src/monitor/settings/change-settings.ts";
import { parseEnrolmentCode } from "../../src/protocol/enrolment-code.ts";
import { startMonitor } from "../helpers/app.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { makeFolder } from "../helpers/folder.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";

async function start(t: Test) {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const admin = await signedIn(monitor, { isAdministrator: true });
  return { monitor, organizationId, admin, db: monitor.app.database.db };
}

t.test("a code is made, shown once, used, and taken back", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  t.match(textOf((await admin.get("/enrolments")).body), /Кодов пока нет/);
  const made = await admin.post("/enrolments", {
    organization: String(organizationId),
    uses: "2",
    days: "7",
  });
  t.equal(made.statusCode, 200);
  const code = parseEnrolmentCode(/enroll --code ([\w-]+)/.exec(made.body)?.[1] ?? "");
  t.match(code, { monitor: /^http:\/\//, pins: [] });
  t.match(textOf(made.body), /Действует до .*, для 2 POS-серверов/);
  const order = enrolmentOrder(code?.secret ?? "");
  t.match(await askToEnrol(monitor, order), { status: 201 });

  const list = await admin.get("/enrolments");
  t.notMatch(list.body, code?.secret);
  t.match(
    textOf(list.body),
    /ООО «Вкусный дом» действует 1 из 2 .* Отозвать .* KASSA-12 KASSA-12 .* сам, по коду/s,
  );
  t.equal((await admin.get("/enrolments/1/withdrawal/new")).statusCode, 200);
  t.equal(
    (await admin.post("/enrolments/1/withdrawal", {})).headers.location,
    "/enrolments?notice=withdrawn",
  );
  t.match(textOf((await admin.get("/enrolments?notice=withdrawn")).body), /Код отозван.* отозван 1 из 2/s);
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
  const codeIn = (body: string) => parseEnrolmentCode(/enroll --code ([\w-]+)/.exec(body)?.[1] ?? "");

  const unknown = await post("poswatch.example");
  t.equal(unknown.statusCode, 422, "agents do not come by http:// from elsewhere");
  t.match(textOf(unknown.body), /Сначала укажите его в «Настройках»: Адрес Poswatch/);
  t.match(codeIn((await post("127.0.0.1:8080")).body), { monitor: "http://127.0.0.1:8080" });

  await changeSettings(
    monitor.app.database.db,
    PROGRAM,
    { publicAddress: "https://poswatch.example:8443" },
    monitor.clock(),
  );
  t.match(codeIn((await post("poswatch.example")).body), {
    monitor: "https://poswatch.example:8443",
    pins: monitor.app.monitorPins,
  });
  t.equal(monitor.app.monitorPins.length, 1);
});

t.test("what is wrong with the form of a code is said beside its field, and nothing is lost", async (t) => {
  const { admin, db } = await start(t);
  for (const [form, problem] of [
    [{ organization: "", uses: "0", days: "1" }, /Укажите число от 1 до 10/],
    [{ organization: "", uses: "10001", days: "1" }, /Укажите число от 1 до 10/],
    [{ organization: "", uses: "две", days: "1" }, /Укажите число от 1 до 10/],
    [{ organization: "", uses: "7", days: "400" }, /Выберите срок/],
    [{ organization: "x", uses: "7", days: "1" }, /Выберите организацию/],
    [{ organization: "987", uses: "7", days: "1" }, /Этой организации больше нет/],
  ] as const) {
    const answer = await admin.post("/enrolments", form);
    t.equal(answer.statusCode, 422, JSON.stringify(form));
    t.match(textOf(answer.body), problem);
    t.match(answer.body, `value="${form.uses}"`);
  }
  t.same(await db.selectFrom("enrolment_code").selectAll().execute(), []);
});

t.test(
  "an agent that waits is confirmed as a new POS server, of the organization that is chosen",
  async (t) => {
    const { monitor, organizationId, admin, db } = await start(t);
    const code = await addEnrolmentCode(monitor);
    const order = enrolmentOrder(code, { crmId: "100999", version: "34.2.117.0" });
    t.match(await askToEnrol(monitor, order), { status: 202 });
    t.match(
      textOf((await admin.get("/enrolments")).body),
      /Ждут подтверждения .*KASSA-12 CrmId 100999 · версия 34\.2\.117\.0 · с адреса 127\.0\.0\.1/s,
    );
    const first = await admin.get("/enrolments/agents/1/confirmation/new");
    t.match(textOf(first.body), /Организации с таким CrmId нет/);
    t.notMatch(first.body, /name="posServer"/, "the organization comes first");
    const chosen = await admin.get(`/enrolments/agents/1/confirmation/new?organization=${organizationId}`);
    t.match(chosen.body, /name="name" type="text" value="KASSA-12"/);

    const post = (form: Record<string, string>) =>
      admin.post("/enrolments/agents/1/confirmation", {
        organization: String(organizationId),
        posServer: "",
        ...form,
      });
    await monitor.addPosServer({ organizationId, name: "Тверская, 12" });
    t.match(
      textOf((await post({ name: "Тверская, 12" })).body),
      /POS-сервер с таким названием в организации уже есть/,
    );
    t.equal((await post({ name: "" })).statusCode, 422);
    const confirmed = await post({ name: "Арбат, 5" });
    t.match(confirmed.headers.location, /^\/pos-servers\/\d+$/);
    t.match(await askToEnrol(monitor, order), { status: 201, body: { posServer: { name: "Арбат, 5" } } });
    t.equal((await post({ name: "Арбат, 6" })).statusCode, 404, "once");
    const events = await db.selectFrom("audit_event").select(["action", "subject"]).execute();
    t.match(events.slice(-2), [
      { action: "enrolment_ask", subject: "KASSA-12" },
      { action: "enrolment_confirm", subject: "Арбат, 5" },
    ]);
  },
);

t.test(
  "an agent that was installed anew takes the place of its POS server, which keeps its history",
  async (t) => {
    const { monitor, organizationId, admin, db } = await start(t);
    const old = await monitor.addPosServer({ organizationId, name: "Тверская, 12", identity: "old" });
    await monitor.report(old, { error: "boom" });
    const code = await addEnrolmentCode(monitor);
    const order = enrolmentOrder(code);
    await askToEnrol(monitor, order);
    const form = { organization: String(organizationId), posServer: String(old), name: "" };
    const answer = await admin.post("/enrolments/agents/1/confirmation", form);
    t.equal(answer.headers.location, `/pos-servers/${old}`);
    t.match(await db.selectFrom("pos_server").selectAll().execute(), [
      { id: old, name: "Тверская, 12", identity: order.posServerId, connection: "dial_out", address: null },
    ]);
    t.ok((await db.selectFrom("state_change").selectAll().execute()).length > 1);
    t.match(await askToEnrol(monitor, order), { status: 201, body: { posServer: { name: "Тверская, 12" } } });
  },
);

t.test("an agent that is refused stops asking with this code", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  const order = enrolmentOrder(code);
  await askToEnrol(monitor, order);
  t.equal((await admin.get("/enrolments/agents/1/refusal/new")).statusCode, 200);
  t.equal(
    (await admin.post("/enrolments/agents/1/refusal", {})).headers.location,
    "/enrolments?notice=refused",
  );
  t.match(await askToEnrol(monitor, order), { status: 403, body: { error: "refused" } });
  t.equal((await admin.post("/enrolments/agents/1/refusal", {})).statusCode, 404);
  const next = await addEnrolmentCode(monitor, { organizationId });
  t.match(
    await askToEnrol(monitor, { ...order, code: next }),
    { status: 201 },
    "with another one it may come",
  );
});
