import t, { type Test } from "tap";
import { applyImport } from "../../src/monitor/organizations/import/apply-import.ts";
import { Concealed } from "../../src/monitor/organizations/import/parse-import-file.ts";
import { planImport } from "../../src/monitor/organizations/import/plan-import.ts";
import { readRows } from "../../src/monitor/organizations/import/read-rows.ts";
import { startMonitor } from "../helpers/app.ts";
import { ACTOR, addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { signedIn } from "../helpers/page.ts";

const HEADINGS = "Организация;CrmId;POS-сервер;Компьютер;Телефон;Теги";

/** Restaurants of an Excel file, before any agent exists, and one code for all. */
async function start(t: Test, ...lines: string[]) {
  const monitor = await startMonitor(t);
  const { app, db } = monitor;
  const upload = async (...lines: string[]) => {
    const { rows, unreadColumns } = await readRows(Buffer.from([HEADINGS, ...lines].join("\n")), "csv");
    const parsed = { fileName: "fleet.csv", rows: new Concealed(rows), unreadColumns };
    const plan = await planImport(db, app.secretBox, parsed, monitor.clock());
    const imported = await applyImport(db, app.secretBox, ACTOR, plan, monitor.clock());
    if ("newPlan" in imported) throw new Error("the registry has changed meanwhile");
    return imported;
  };
  const applied = await upload(...lines);
  const code = await addEnrolmentCode(monitor, { maxUses: 100, organizationId: null });
  const come = (crmId: string | null, host: string) =>
    askToEnrol(monitor, enrolmentOrder(code, { crmId, host }));
  const connections = async () =>
    (await db.selectFrom("posServer").select("connection").execute()).map(({ connection }) => connection);
  return { monitor, applied, upload, come, connections };
}

t.test("what waits is there before its agent, with all that is known, and is not polled", async (t) => {
  const { monitor, applied, upload } = await start(
    t,
    "Ёлки;1;Тверская, 12;KASSA-12;+7 495 123-45-67;Москва",
    "Пустая сеть;2;;;;",
  );
  t.same(applied, { createdOrganizations: 2, createdPosServers: 1, changed: 0 });
  await monitor.app.poller.tick();
  const admin = await signedIn(monitor, { isAdministrator: true });
  const pending = await admin.text("/pos-servers?state=pending");
  t.match(pending, /Тверская, 12/, "those that have not come are a filter");
  t.match(await admin.text("/pos-servers/1"), /\+7 495 123-45-67/);
  t.match(await admin.text("/organizations"), /Пустая сеть/);
  t.match(await upload(";1;Тверская, 12;KASSA-13;+7 495 765-43-21;"), { changed: 1 });
  t.match(await admin.text("/pos-servers/1"), /\+7 495 765-43-21/);
  t.match(await upload(";1;Тверская, 12;KASSA-13;;", ";2;;;;").catch(({ plan }) => plan.counts), {
    changed: 0,
    createdOrganizations: 0,
  });
});

t.test("an agent takes the only row of its CrmId, or that of its computer", async (t) => {
  const { come, connections } = await start(
    t,
    "Ёлки;1;Тверская, 12;;;",
    "Дом;2;Арбат, 5;kassa-5;;",
    ";2;Невский, 7;KASSA-7;;",
  );
  for (const [crmId, host, name] of [
    ["1", "WHATEVER", "Тверская, 12"],
    ["2", "Kassa-7", "Невский, 7"],
    [null, "KASSA-5", "Арбат, 5"],
    ["1", "SECOND", "SECOND"], // none waits any more
  ] as const)
    t.match(await come(crmId, host), { status: 201, body: { posServer: { name } } }, host);
  t.same(await connections(), Array(4).fill("dial_out"));
});

t.test("where several fit, or none of those that wait, an administrator chooses", async (t) => {
  const rows = ["Ёлки;1;Бар;;;", ";1;Зал;;;", "Дом;2;Арбат, 5;KASSA-5;;"];
  const { monitor, come, connections } = await start(t, ...rows);
  t.match(await come("1", "KASSA-1"), { status: 202 });
  t.match(await come("2", "KASSA-6"), { status: 202 });
  t.match(await come(null, "KASSA-9"), { status: 202 });
  t.same(await connections(), Array(3).fill("direct"));
  const admin = await signedIn(monitor, { isAdministrator: true });
  t.match(await admin.text("/enrolments/agents/1/confirmation/new"), /Бар.*Зал/s);
});
