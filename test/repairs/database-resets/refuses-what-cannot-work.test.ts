import t, { type Test } from "tap";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { signedIn, textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";

const RIGHT = { crmId: "100237", fetchLogs: "1", startService: "1" };

async function isRefused(
  t: Test,
  scene: ResetScene,
  fields: Record<string, string>,
  { status = 422, says, resets = 0 }: { status?: number; says: RegExp; resets?: number },
): Promise<string> {
  const { monitor, posServer, posServerId, user } = scene;
  const answer = await user.post(`/pos-servers/${posServerId}/database-resets`, fields);
  t.equal(answer.statusCode, status);
  t.match(textOf(answer.body), says);
  const rows = await monitor.db.selectFrom("databaseReset").select("id").execute();
  t.equal(rows.length, resets, "no reset is asked for");
  t.same(posServer.resets, [], "the POS server is not touched");
  return answer.body;
}

for (const [crmId, says] of [
  ["", /Введите CrmId организации/],
  ["100238", /Это не CrmId этой организации, ничего не сделано/],
  ["10023", /Это не CrmId этой организации/],
] as const) {
  t.test(`the CrmId «${crmId}» is refused beside its field`, async (t) => {
    const scene = await startResetScene(t);
    const body = await isRefused(t, scene, { crmId, startService: "1" }, { says });
    t.match(body, `value="${crmId}"`, "what was typed is kept");
    t.match(body, /name="startService" value="1" checked/, "and so is what was ticked");
    t.match(body, /name="fetchLogs" value="1">/, "and what was not");
    t.match(body, /aria-invalid="true"/);
    t.same(scene.posServer.requests, [], "it is not even called before the right one was confirmed");
  });
}

t.test("a POS server that does not answer now is refused with its failure", async (t) => {
  const scene = await startResetScene(t);
  scene.posServer.isUnreachable = true;
  const body = await isRefused(t, scene, RIGHT, { says: /Сброс не начат\. .+/ });
  t.match(body, 'value="100237"');
  t.notMatch(body, "line-warning", "the refusal stands alone");
});

for (const [what, changes, says] of [
  ["bound to another organization", { crmId: "999" }, /POS-сервер сообщает CrmId 999\. .*базу не сбросить/],
  ["of an unsupported version", { version: "33.9" }, /Версия POS-сервера не поддерживается/],
  ["without a database", { databaseCreatedAt: null }, /На POS-сервере нет файлов базы данных/],
] as const)
  t.test(`one that is ${what} is refused, also when that is known`, async (t) => {
    const scene = await startResetScene(t, changes);
    for (let press = 1; press <= 2; press++) await isRefused(t, scene, RIGHT, { says });
  });

t.test("a parked one and one without an address are refused", async (t) => {
  const scene = await startResetScene(t);
  await setParked(scene.monitor.db, scene.posServerId, true, scene.monitor.clock());
  await isRefused(t, scene, RIGHT, { says: /Сброс не начат\. Опрос этого POS-сервера приостановлен\./ });
  const before = await scene.user.text(`/pos-servers/${scene.posServerId}/database-resets/new`);
  t.match(before, "⚠ Опрос этого POS-сервера приостановлен. Закрыть");
  t.notMatch(before, /не начат|резерв/, "nobody has begun, and nothing of it can be");
  await setParked(scene.monitor.db, scene.posServerId, false, scene.monitor.clock());
  await scene.monitor.db.updateTable("posServer").set({ address: null }).execute();
  await isRefused(t, scene, RIGHT, { says: /У POS-сервера не указан адрес/ });
});

t.test("a connection without encryption is refused unless a setting allows it", async (t) => {
  const scene = await startResetScene(t);
  const { db } = scene.monitor;
  await db.deleteFrom("setting").where("key", "=", "allowUnprotectedResets").execute();
  const says = /Связь с этим POS-сервером не зашифрована/;
  const body = await isRefused(t, scene, RIGHT, { says });
  t.notMatch(body, /name="crmId"/, "there is nothing to send");
  const page = await scene.user.get(`/pos-servers/${scene.posServerId}/database-resets/new`);
  t.match(textOf(page.body), says);
});

t.test("a second reset is refused while one is open, and shown who asked for it", async (t) => {
  const scene = await startResetScene(t);
  const id = await scene.askForReset();
  const { db } = scene.monitor;
  const other = await signedIn(scene.monitor, { name: "Пётр Смирнов", organizations: "all" });
  const answer = await other.post(`/pos-servers/${scene.posServerId}/database-resets`, RIGHT);
  t.equal(answer.statusCode, 409);
  t.match(textOf(answer.body), /Сброс базы этого POS-сервера уже идёт, начат в \d\d:\d\d: Анна Иванова\./);
  t.match(answer.body, `href="/database-resets/${id}"`);
  t.equal((await db.selectFrom("databaseReset").select("id").execute()).length, 1);

  const page = await other.get(`/pos-servers/${scene.posServerId}/database-resets/new`);
  t.equal(page.statusCode, 303);
  t.equal(page.headers.location, `/database-resets/${id}`, "the dialog shows the open one");
});

t.test("of two administrators who press at once one gets the reset", async (t) => {
  const scene = await startResetScene(t);
  const others = [
    await signedIn(scene.monitor, { organizations: "all" }),
    await signedIn(scene.monitor, { isAdministrator: true }),
  ];
  const path = `/pos-servers/${scene.posServerId}/database-resets`;
  const fields = { crmId: "100237", startService: "1" };
  const answers = await Promise.all([scene.user, ...others].map((user) => user.post(path, fields)));
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 409, 409]);
  const begun = answers.find(({ statusCode }) => statusCode === 303)?.headers.location;
  const id = Number(String(begun).split("/")[2]);
  await scene.runTo(id, "awaiting_sync");
  t.equal(scene.posServer.resets.length, 1);
});

t.test("refusals are in the audit log without what was typed", async (t) => {
  const scene = await startResetScene(t);
  await isRefused(t, scene, { crmId: "my secret" }, { says: /Это не CrmId/ });
  const events = await recordedEvents(scene.monitor.db, "database_reset");
  t.match(events, [{ result: "refused" }]);
  t.same(
    events.map(({ detail }) => detail),
    [[{ key: "resetRefusal", values: { code: "crm_id_differs", detail: "" } }]],
  );
  t.match(await scene.user.text("/audit"), /отказано.*Это не CrmId этой организации/);
});

t.test("the dialog says which POS server, what will happen and what is unavailable", async (t) => {
  const { monitor, posServerId, user } = await startResetScene(t);
  await monitor.app.pollNow(posServerId);
  const partial = { "hx-request-type": "partial" };
  const { body } = await user.get(`/pos-servers/${posServerId}/database-resets/new`, partial);
  const text = textOf(body);
  t.match(text, /Сбросить базу данных POS-сервера «Тверская, 12»\?/);
  t.match(text, /ООО «Вкусный дом» · CrmId 100237/);
  t.match(
    text,
    /Служба iikoCard5POS будет остановлена\. Её база данных \(212 МБ\) будет перенесена в резервную папку на POS-сервере и храниться там 14 дней\. Логи останутся на месте\./,
  );
  t.match(text, /До конца первого обмена программы лояльности и счета гостей .* недоступны/);
  t.match(text, /Сбросить базу «Тверская, 12»/);
  t.match(body, /name="fetchLogs" value="1" checked/);
  t.match(body, /name="startService" value="1" checked/);
  t.notMatch(body, /<html/, "a part for the dialog");
});
