import t from "tap";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { startFor, textOf } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

t.test("the page tells the state, the report and the history with causes", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  const id = await monitor.addPosServer({ name: "Мира <5>" });
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id);
  monitor.clock.advance(MINUTE_MS);
  await monitor.report(id, { error: "база <повреждена>" });
  const page = await user.get(`/pos-servers/${id}`);
  t.equal(page.statusCode, 200);
  t.notMatch(page.body, "<повреждена>");
  const text = textOf(page.body);
  t.match(text, /Ошибка синхронизации с \d\d:02/);
  t.match(text, /212 МБ/);
  t.match(
    text,
    /24\.11 Ошибка синхронизации База данных повреждена, изменения программ не применяются \d\d:02 – сейчас только что Ошибка целиком база <повреждена> Синхронизирован \d\d:01 – \d\d:02 1.мин Ожидает опроса/,
  );
  t.notMatch(text, /Подключить заново|Удалить/, "what is an administrator's is not offered to others");
  t.notMatch(text, "Версия агента", "without an agent there is none");
  await monitor.report(id, { agent: { version: "0.<2>.0", platform: "win32-x64" } });
  t.match(await user.text(`/pos-servers/${id}`), "Версия агента 0.<2>.0 win32-x64");
});

t.test("«Проверить связь» polls at once, saves the outcome and says it in words", async (t) => {
  let isHealthy = true;
  const now = Date.parse("2026-11-24T10:00:00.000Z");
  const answer = () => (isHealthy ? received(now) : failed(now, "unauthorized", "HTTP 401"));
  const client = createScriptedClient(answer);
  const { monitor, user } = await startFor(t, { organizations: "all" }, { client });
  const id = await monitor.addPosServer();
  const stateOf = async () => (await readRow(monitor.db, "posStatus")).state;

  const check = async () => {
    const { statusCode, headers } = await user.post(`/pos-servers/${id}/polls`);
    t.same([statusCode, headers.location], [303, `/pos-servers/${id}`], "its address can be loaded again");
    return await user.text(`/pos-servers/${id}`);
  };
  t.match(await check(), /Связь есть: отчёт получен в \d\d:00, версия 34\.2\.117\.0/);
  t.equal(await stateOf(), "synced");
  t.notMatch(await user.text(`/pos-servers/${id}`), /Связь есть/, "it is told once");

  isHealthy = false;
  t.match(await check(), /Связи нет\. POS-сервер не принял токен, подключите его заново HTTP 401/);
  t.equal(await stateOf(), "unreachable");
  const partial = await user.post(`/pos-servers/${id}/polls`, {}, { "hx-request-type": "partial" });
  t.match(textOf(partial.body), /^⚠ Связи нет\. POS-сервер не принял токен, подключите его заново HTTP 401$/);
  const detail = [{ key: "callFailure", values: { code: "unauthorized", detail: "HTTP 401" } }];
  t.match(await recordedEvents(monitor.db, "pos_server_poll"), [
    { result: "done", detail: null },
    { result: "failed", detail },
  ]);
});
