import t from "tap";
import { incidentText } from "../../src/monitor/notifications/texts/incident-text.ts";
import { readNotifiedIncident } from "../../src/monitor/notifications/texts/notified-incident.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, rowsOf, signedIn, textOf } from "../helpers/page.ts";

const said = (html: string) => textOf(html).replaceAll("\u00A0", " ");

async function rowIn({ app }: TestMonitor): Promise<string> {
  const body = await getHtml(app, "/pos-servers");
  return said(rowsOf(body)[0]?.html ?? "");
}

t.test("a silent POS server says both, wherever it is shown, and what to do in order", async (t) => {
  const monitor = await startMonitor(t);
  const { clock } = monitor;
  const user = await signedIn(monitor, { isAdministrator: true });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(id);
  clock.advance(16 * MINUTE_MS);
  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: 17 * MINUTE_MS });
  clock.advance(164 * MINUTE_MS);
  await monitor.fail(id, "connect_timeout");
  clock.advance(4 * MINUTE_MS);

  const before = "До этого: база данных повреждена, изменения программ не применяются, 2 ч 44 мин";
  const page = said(await user.html(`/pos-servers/${id}`));
  t.match(
    page,
    `Нет связи 4 мин POS-сервер не отвечает. Соединение с POS-сервером не установлено. Работает ли обмен, неизвестно`,
  );
  t.match(page, `${before} с 13:16 до 16:00`);
  t.match(
    page,
    /Что делать Проверьте связь\. .* Когда POS-сервер ответит, займитесь прежней неполадкой\. Сбросьте базу данных:/,
  );
  const row = new RegExp(`^Нет связи 2 ч 48 мин .*Нет связи 4 мин ?\\. ${before}`);
  t.match(await rowIn(monitor), row, "with the one age of its trouble");

  const incident = said(await user.html("/incidents/1"));
  t.match(incident, /Ошибка синхронизации с 13:16 · 2 ч 48 мин База данных повреждена.* Нет связи с 16:00/);
  const told = await readNotifiedIncident(monitor.db, { organizations: "all", tags: [] }, 1, clock());
  const reader = { ...presentationFor("ru", "Europe/Moscow"), address: "", now: clock() };
  const message = told && incidentText(told, "changed", reader);
  t.equal(message?.title, "Тверская, 12: нет связи с 16:00");
  const paragraphs = (message?.paragraphs ?? []).join("\n").replaceAll("\u00A0", " ");
  t.match(paragraphs, `Нет связи с 16:00. ${before}.`);
  t.match(paragraphs, /Проверьте связь[\s\S]*прежней неполадкой[\s\S]*Сбросьте базу/i);

  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: 185 * MINUTE_MS });
  const after = said(await user.html("/incidents/1"));
  t.notMatch(after, "Нет связи с 16:00");
  clock.advance(MINUTE_MS);
  t.match(await rowIn(monitor), /^Ошибка синхронизации 2 ч 49 мин/);

  await monitor.report(id);
  await monitor.fail(id, "unauthorized");
  clock.advance(MINUTE_MS);
  const wellBefore = await rowIn(monitor);
  t.match(wellBefore, "POS-сервер не принял токен");
  t.notMatch(wellBefore, "До этого");
});
