import t from "tap";
import type { MessageText, NotificationKind } from "../../../src/monitor/notifications/channels/message.ts";
import { incidentText } from "../../../src/monitor/notifications/texts/incident-text.ts";
import { readNotifiedIncident } from "../../../src/monitor/notifications/texts/notified-incident.ts";
import { takeCare } from "../../../src/monitor/restaurants/acknowledge.ts";
import type { Language } from "../../../src/monitor/viewer/language.ts";
import { presentationFor } from "../../../src/monitor/viewer/viewer.ts";
import { MINUTE_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { addExchanging, breakAll } from "../../helpers/incidents.ts";
import { startAdministered } from "../../helpers/page.ts";
import { addRow, changeRows } from "../../helpers/rows.ts";

const ADDRESS = "https://poswatch.example.ru/pos";
const ANNA = { userId: null, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };

interface Asked {
  kind?: NotificationKind;
  language?: Language;
  tags?: string[];
  address?: string;
}

/** What is said of the first incident. */
async function textOf(monitor: TestMonitor, asked: Asked = {}): Promise<MessageText | null> {
  const { kind = "opened", language = "ru", tags = [], address = ADDRESS } = asked;
  const scope = { organizations: "all" as const, tags };
  const now = monitor.clock();
  const told = await readNotifiedIncident(monitor.db, scope, 1, now);
  const words = presentationFor(language, "Europe/Moscow");
  return told && incidentText(told, kind, { ...words, address, now });
}

/** The same as it is read. */
async function readText(monitor: TestMonitor, asked: Asked = {}): Promise<string> {
  const text = await textOf(monitor, asked);
  if (!text) return "nothing";
  const { sign, title, paragraphs, list, footer, open, acknowledgement } = text;
  return [
    `[${sign}] ${title}`,
    ...paragraphs,
    ...list.map(({ name, count }) => `- ${name}: ${count}`),
    ...(footer ? [footer] : []),
    ...(acknowledgement ? [`(${acknowledgement.text})`] : []),
    ...(open ? [`(${open.text}) ${open.url}`] : []),
  ]
    .join("\n")
    .replace(/[\u00A0\u202F]/g, " ");
}

t.test("of one POS server: what, since when, what it means, what to do, who is on it", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(id);
  const error = "нарушена целостность базы (guest_wallet)";
  await monitor.report(id, { error, syncedAgoMs: 3 * MINUTE_MS });
  monitor.clock.advance(30 * MINUTE_MS);
  t.equal(
    await readText(monitor),
    `[failing] Тверская, 12: ошибка синхронизации
База данных повреждена, изменения программ не применяются — с 13:00.
На кассах ресторана — акции и счета гостей по состоянию на 12:57.
Что делать: сбросьте базу данных: POS-сервер создаст новую и заберёт всё с главного сервера. Логи сохранятся, прежняя база останется в резерве.
ООО «Вкусный дом» · CrmId 100237
(Занимаюсь)
(Открыть) https://poswatch.example.ru/pos/incidents/1`,
  );
  const english = await readText(monitor, { language: "en" });
  t.match(english, /^\[failing\] Тверская, 12: sync error\nThe database is damaged: .*, since 13:00\.\n/);
  const repeated = await readText(monitor, { kind: "repeated" });
  t.match(repeated, "Напоминание: это длится уже 30 мин, и никто этим не занимается.");
  const unknown = await textOf(monitor, { address: "" });
  const links = [unknown?.open, unknown?.acknowledgement?.url];
  t.same(links, [null, null], "without an address there are no links");

  const subject = { kind: "posServer", id, name: "Тверская, 12", organizationId: 1 } as const;
  const terms = { endsAt: monitor.clock() + 60 * MINUTE_MS, note: "жду звонка", insteadOf: null };
  const note = { phone: "+7 912 345-67-89", person: "Пётр", userName: "Анна Иванова" };
  await addRow(monitor.db, "restaurantNote", { posServerId: id, ...note, changedAt: monitor.clock() });
  await takeCare(monitor.db, ANNA, subject, terms, monitor.clock());
  const taken = /Занимается Анна Иванова до 14:30: «жду звонка»\.\nРесторан: Пётр, \+7 912 345-67-89\.\n/;
  t.match(await readText(monitor), taken);
  await monitor.report(id);
  t.equal(
    await readText(monitor),
    `[over] Тверская, 12: восстановлено за 30 мин
13:00 – 13:30, база данных повреждена, изменения программ не применяются.
Кто занимался: Анна Иванова.
ООО «Вкусный дом» · CrmId 100237
(Открыть) https://poswatch.example.ru/pos/incidents/1`,
  );
});

t.test("what took less than a minute took seconds, in the list and in the story too", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  await monitor.report(id);
  await monitor.report(id, { error: "failed" });
  monitor.clock.advance(41_000);
  for (const kind of ["repeated", "escalated"] as const)
    t.match(await readText(monitor, { kind }), /длится уже 41 с, и никто этим не занимается\./);
  await monitor.report(id);
  t.match(await readText(monitor), /^\[over\] Тверская, 12: восстановлено за 41 с\n/);
  const english = await readText(monitor, { language: "en" });
  t.match(english, /^\[over\] Тверская, 12: restored after 41 sec\n/);
  monitor.clock.advance(10 * MINUTE_MS);
  for (const url of ["/incidents?show=closed&period=week", "/incidents/1"]) {
    const body = await admin.html(url);
    t.match(body, "Тверская, 12", url);
    t.notMatch(body, "за только что", url);
  }
  await changeRows(monitor.db, "incident", { closedAt: 0 });
  const turnedBack = "by a clock that was turned back it took no time";
  t.match(await readText(monitor), /^\[over\] Тверская, 12: восстановлено\n/, turnedBack);
});

t.test("while another trouble covers it, cause and step are of its own", async (t) => {
  const monitor = await startMonitor(t);
  const [id = 0, ...others] = await addExchanging(monitor, 8);
  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: 0 });
  monitor.clock.advance(30 * MINUTE_MS);
  await breakAll(monitor, [id, ...others]);
  const covered = await readText(monitor);
  t.match(covered, /База данных повреждена.*\n.*\nЧто делать: сбросьте базу данных/);
  t.notMatch(covered, "главный сервер не");
  for (const silent of [id, ...others]) await monitor.fail(silent, "connect_timeout");
  const isSilent = await readText(monitor);
  t.match(isSilent, /Нет связи с 13:30\. До этого: база данных повреждена/);
  t.match(isSilent, /Когда .*[Сс]бросьте базу данных/s);
});

t.test("of many: one cause, how many of which organizations, and how they became that many", async (t) => {
  const monitor = await startMonitor(t);
  const organizations: number[] = [];
  for (const name of ["Вкусный дом", "Кофе и точка", "Пекарня №1", "Суши Бар", "Пицца", "Бистро", "Чайная"])
    organizations.push(await monitor.addOrganization(name));
  const ids = await addExchanging(monitor, 18, organizations);
  await breakAll(monitor, ids.slice(0, 5));
  monitor.clock.advance(MINUTE_MS);
  await breakAll(monitor, ids.slice(5, 12));
  monitor.clock.advance(2 * MINUTE_MS);
  await breakAll(monitor, ids.slice(12));
  t.equal(
    await readText(monitor),
    `[failing] 18 POS-серверов не обмениваются
Одна причина: главный сервер не ответил вовремя — с 13:00.
На кассах — акции и счета гостей по состоянию на последний обмен.
Одна и та же ошибка у 18 POS-серверов: дело, вероятно, в главном сервере. В ресторанах делать ничего не нужно.
- Вкусный дом: 3
- Кофе и точка: 3
- Пекарня №1: 3
- Суши Бар: 3
- Бистро: 2
- Ещё 2 организации: 4
5 в 13:00, 12 в 13:01, 18 в 13:03
(Занимаюсь)
(Открыть) https://poswatch.example.ru/pos/incidents/1`,
  );
  await monitor.report(ids[0] ?? 0);
  t.match(await readText(monitor), "Прошло у 1 из 18.");
  monitor.clock.advance(21 * MINUTE_MS);
  for (const id of ids) await monitor.report(id);
  t.equal(
    await readText(monitor),
    `[over] Восстановлено за 24 мин
Все 18 POS-серверов снова обмениваются с главным сервером.
13:00 – 13:24, главный сервер не ответил вовремя.
(Открыть) https://poswatch.example.ru/pos/incidents/1`,
  );
});

t.test("no guest or secret is named, and nothing of what a rule is not about", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer({ name: "Арбат, 5" });
  await monitor.report(id);
  await monitor.report(id, { error: "Guest +7 916 123-45-67 was not found, token=Qwerty12", syncedAgoMs: 0 });
  const text = await readText(monitor);
  t.match(text, "POS-сервер сообщает: «Guest +7");
  t.notMatch(text, /123-45|Qwerty/);
  t.equal(await textOf(monitor, { tags: ["франшиза"] }), null);
});
