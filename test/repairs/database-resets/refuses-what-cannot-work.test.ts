import t, { type Test } from "tap";
import { setParked } from "../../../src/monitor/restaurants/park-pos-server.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { signedIn, textOf } from "../../helpers/page.ts";
import { type ResetScene, startResetScene } from "../../helpers/resets.ts";
import { changeRows } from "../../helpers/rows.ts";

const RIGHT = { crmId: "100237", fetchLogs: "1", startService: "1" };

async function isRefused(
  t: Test,
  { monitor, posServer, posServerId, user }: ResetScene,
  fields: Record<string, string>,
  says: RegExp,
): Promise<string> {
  const answer = await user.post(`/pos-servers/${posServerId}/database-resets`, fields);
  t.equal(answer.statusCode, 422);
  t.match(textOf(answer.body), says);
  t.same(await monitor.db.selectFrom("databaseReset").select("id").execute(), [], "no reset is asked for");
  t.same(posServer.resets, [], "the POS server is not touched");
  return answer.body;
}

t.test("a wrong CrmId is refused beside its field, and not kept in the audit log", async (t) => {
  const scene = await startResetScene(t);
  for (const [crmId, says] of [
    ["", /Введите CrmId организации/],
    ["my secret", /Это не CrmId этой организации, ничего не сделано/],
    ["10023", /Это не CrmId этой организации/],
  ] as const) {
    const body = await isRefused(t, scene, { crmId, startService: "1" }, says);
    t.match(body, `value="${crmId}"`, "what was typed is kept");
    t.match(body, /name="startService" value="1" checked/, "and so is what was ticked");
    t.match(body, /name="fetchLogs" value="1">/, "and what was not");
    t.match(body, /aria-invalid="true"/);
  }
  t.same(scene.posServer.requests, [], "it is not even called before the right one was confirmed");
  const refusal = (code: string) => ({
    result: "refused",
    detail: [{ key: "resetRefusal", values: { code, detail: "" } }],
  });
  const events = await recordedEvents(scene.monitor.db, "database_reset");
  const recorded = events.map(({ result, detail }) => ({ result, detail }));
  t.same(recorded, ["crm_id_empty", "crm_id_differs", "crm_id_differs"].map(refusal));
  t.notMatch(JSON.stringify(events), "my secret");
  t.match(await scene.user.text("/audit"), /отказано.*Это не CrmId этой организации/);
});

t.test("one that cannot be reset now is refused with what hinders it", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, posServerId, user } = scene;
  posServer.isUnreachable = true;
  const body = await isRefused(t, scene, RIGHT, /Сброс не начат\. .+/);
  t.match(body, 'value="100237"');
  t.notMatch(body, "line-warning", "the refusal stands alone");
  posServer.isUnreachable = false;
  for (const [changes, says] of [
    [{ crmId: "999" }, /POS-сервер сообщает CrmId 999\. .*базу не сбросить/],
    [{ databaseCreatedAt: null }, /На POS-сервере нет файлов базы данных/],
    [{ version: "33.9" }, /Версия POS-сервера не поддерживается/],
  ] as const) {
    const { crmId, version, databaseCreatedAt } = posServer;
    Object.assign(posServer, changes);
    for (let press = 1; press <= 2; press++) await isRefused(t, scene, RIGHT, says);
    Object.assign(posServer, { crmId, version, databaseCreatedAt });
  }

  await setParked(monitor.db, posServerId, true, monitor.clock());
  await isRefused(t, scene, RIGHT, /Сброс не начат\. Опрос этого POS-сервера приостановлен\./);
  const before = await user.text(`/pos-servers/${posServerId}/database-resets/new`);
  t.match(before, "⚠ Опрос этого POS-сервера приостановлен. Закрыть");
  t.notMatch(before, /не начат|резерв/, "nobody has begun, and nothing of it can be");
  await setParked(monitor.db, posServerId, false, monitor.clock());
  await changeRows(monitor.db, "posServer", { address: null });
  await isRefused(t, scene, RIGHT, /У POS-сервера не указан адрес/);
});

t.test("a connection without encryption is refused unless a setting allows it", async (t) => {
  const scene = await startResetScene(t);
  await scene.monitor.db.deleteFrom("setting").where("key", "=", "allowUnprotectedResets").execute();
  const says = /Связь с этим POS-сервером не зашифрована/;
  const body = await isRefused(t, scene, RIGHT, says);
  t.notMatch(body, /name="crmId"/, "there is nothing to send");
  t.match(await scene.user.text(`/pos-servers/${scene.posServerId}/database-resets/new`), says);
});

t.test("of those who press at once one gets the reset, and others are shown whose it is", async (t) => {
  const scene = await startResetScene(t);
  const { monitor, posServer, posServerId } = scene;
  const pyotr = await signedIn(monitor, { name: "Пётр Смирнов", organizations: "all" });
  const oleg = await signedIn(monitor, { name: "Олег", isAdministrator: true });
  const users = [scene.user, pyotr, oleg];
  const path = `/pos-servers/${posServerId}/database-resets`;
  const answers = await Promise.all(users.map((user) => user.post(path, RIGHT)));
  answers.push(await oleg.post(path, RIGHT)); // and one who presses later
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 409, 409, 409]);
  t.equal((await monitor.db.selectFrom("databaseReset").select("id").execute()).length, 1);
  const first = answers.findIndex(({ statusCode }) => statusCode === 303);
  const url = String(answers[first]?.headers.location);
  const name = ["Анна Иванова", "Пётр Смирнов", "Олег"][first];
  for (const [index, { body }] of answers.entries()) {
    if (index === first) continue;
    const says = new RegExp(`Сброс базы этого POS-сервера уже идёт, начат в \\d\\d:\\d\\d: ${name}\\.`);
    t.match(textOf(body), says);
    t.match(body, `href="${url}"`);
  }
  const dialog = await oleg.get(`${path}/new`);
  t.match([dialog.statusCode, dialog.headers.location], [303, url], "the dialog shows the open one");
  await scene.runTo(Number(url.split("/")[2]), "awaiting_sync");
  t.equal(posServer.resets.length, 1);
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
