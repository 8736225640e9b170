import t, { type Test } from "tap";
import { applyImport } from "../../src/monitor/organizations/import/apply-import.ts";
import { parseImportFile } from "../../src/monitor/organizations/import/parse-import-file.ts";
import { planImport } from "../../src/monitor/organizations/import/plan-import.ts";
import { startMonitor } from "../helpers/app.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { signedIn, textOf } from "../helpers/page.ts";

const ACTOR = { userId: null, login: "anna", name: "Анна", address: "127.0.0.1" };
const HEADINGS = "Организация;CrmId;POS-сервер;Компьютер;Телефон;Теги";
const idOf = (number: number) => `5b0e9a0e-6c0b-4b3f-9a55-${String(number).padStart(12, "0")}`;

/** Restaurants of an Excel file, before any agent exists, and one code for all. */
async function start(t: Test, ...lines: string[]) {
  const monitor = await startMonitor(t);
  const { app, db } = monitor;
  const upload = async (...lines: string[]) => {
    const file = Buffer.from([HEADINGS, ...lines].join("\n"));
    const plan = await planImport(
      db,
      app.secretBox,
      await parseImportFile(file, "fleet.csv"),
      monitor.clock(),
    );
    const imported = await applyImport(db, app.secretBox, ACTOR, plan, monitor.clock());
    if ("newPlan" in imported) throw new Error("the registry has changed meanwhile");
    return imported;
  };
  const applied = await upload(...lines);
  const code = await addEnrolmentCode(monitor, { maxUses: 100, organizationId: null });
  let number = 0;
  const come = (crmId: string | null, host: string) => {
    number += 1;
    return askToEnrol(monitor, enrolmentOrder(code, { crmId, host, posServerId: idOf(number) }));
  };
  const rows = () => db.selectFrom("posServer").select(["name", "connection"]).orderBy("id").execute();
  return { monitor, applied, upload, come, rows };
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
  const listed = await admin.text("/pos-servers?state=pending");
  t.match(listed, /Тверская, 12/, "those that have not come are a filter");
  t.match(await admin.text("/pos-servers/1"), /\+7 495 123-45-67/);
  t.match(textOf((await admin.get("/organizations")).body), /Пустая сеть/);
  t.match(await upload(";1;Тверская, 12;KASSA-13;+7 495 765-43-21;"), { changed: 1 });
  t.match(await admin.text("/pos-servers/1"), /\+7 495 765-43-21/);
  t.match(await upload(";1;Тверская, 12;KASSA-13;;", ";2;;;;").catch(({ plan }) => plan.counts), {
    changed: 0,
    createdOrganizations: 0,
  });
});

t.test("an agent takes the only row of its CrmId, or that of its computer", async (t) => {
  const { come, rows } = await start(
    t,
    "Ёлки;1;Тверская, 12;;;",
    "Дом;2;Арбат, 5;kassa-5;;",
    ";2;Невский, 7;KASSA-7;;",
  );
  t.match(await come("1", "WHATEVER"), { status: 201, body: { posServer: { name: "Тверская, 12" } } });
  t.match(await come("2", "Kassa-7"), { status: 201, body: { posServer: { name: "Невский, 7" } } });
  t.match(
    await come(null, "KASSA-5"),
    { status: 201, body: { posServer: { name: "Арбат, 5" } } },
    "without a CrmId",
  );
  t.match(
    await come("1", "SECOND"),
    { status: 201, body: { posServer: { name: "SECOND" } } },
    "none waits any more",
  );
  t.same(
    (await rows()).map(({ connection }) => connection),
    Array(4).fill("dial_out"),
  );
});

t.test("where several fit, or none of those that wait, an administrator chooses", async (t) => {
  const { monitor, come, rows } = await start(t, "Ёлки;1;Бар;;;", ";1;Зал;;;", "Дом;2;Арбат, 5;KASSA-5;;");
  t.match(await come("1", "KASSA-1"), { status: 202 });
  t.match(await come("2", "KASSA-6"), { status: 202 });
  t.match(await come(null, "KASSA-9"), { status: 202 });
  t.same(
    (await rows()).map(({ connection }) => connection),
    Array(3).fill("direct"),
  );
  const admin = await signedIn(monitor, { isAdministrator: true });
  const { id } = await monitor.db
    .selectFrom("enrolment")
    .select("id")
    .orderBy("id")
    .executeTakeFirstOrThrow();
  t.match(await admin.text(`/enrolments/agents/${id}/confirmation/new`), /Бар.*Зал/s);
});
