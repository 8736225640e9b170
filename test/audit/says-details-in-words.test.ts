import t from "tap";
import type {
  AuditDetailKey,
  AuditDetailPart,
  AuditDetailValues,
} from "../../src/monitor/audit-log/detail.ts";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { LANGUAGES } from "../../src/monitor/viewer/language.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { downloadWorkbook } from "../helpers/download.ts";
import { getHtml, unescapeHtml } from "../helpers/page.ts";

const ACTOR = { userId: null, login: "someone", name: null, address: "10.1.2.3" };

/** Every phrase there is, and what it says in Russian: a new one without its example does not compile. */
const EXAMPLES: { [Key in AuditDetailKey]: [values: AuditDetailValues[Key], ru: string] } = {
  agentAwaited: [
    { request: "database_reset", until: Date.parse("2026-11-24T11:02:00Z") },
    "сброс БД ждёт, когда агент выйдет на связь, до 24.11 14:02",
  ],
  tooManyAttempts: [{}, "слишком много попыток"],
  newUser: [{ name: "Анна" }, "Анна"],
  newAdministrator: [{ name: "Анна" }, "Анна, системный администратор"],
  renamed: [{ before: "administrator", after: "Анна" }, "administrator → Анна"],
  preferences: [{ language: "en", timeZone: "Europe/Moscow" }, "English, Europe/Moscow"],
  allRightsAdded: [{}, "+ все нынешние и будущие организации"],
  allRightsRemoved: [{}, "− все нынешние и будущие организации"],
  rightAdded: [{ name: "Суши", crmId: "100701" }, "+ Суши (100701)"],
  rightRemoved: [{ name: "Суши", crmId: "100701" }, "− Суши (100701)"],
  moreRightsAdded: [{ count: 21 }, "+ ещё 21 организация"],
  moreRightsRemoved: [{ count: 5 }, "− ещё 5 организаций"],
  backupMade: [{ at: Date.parse("2026-11-03T00:00:00Z") }, "копия от 03.11 03:00"],
  crmId: [{ crmId: "100237" }, "CrmId: 100237"],
  codeUses: [{ count: 21 }, "на 21 POS-сервер"],
  address: [{ address: "https://10.8.3.11:8443" }, "https://10.8.3.11:8443"],
  registryChange: [{ field: "interval", before: null, after: 60 }, "Период опроса: — → 60"],
  parkingReason: [{ reason: "ремонт" }, "причина: ремонт"],
  parkingEnd: [{ at: Date.parse("2026-12-01T06:00:00Z") }, "до 01.12 09:00"],
  tokenScopes: [{ scopes: "read, poll" }, "разрешения: read, poll"],
  tokenEnd: [{ at: Date.parse("2026-12-01T06:00:00Z") }, "до 01.12 09:00"],
  parkingEnded: [{}, "срок истёк"],
  takingUntil: [{ at: Date.parse("2026-11-24T12:00:00Z") }, "до 24.11 15:00"],
  takingNote: [{ note: "жду звонка" }, "комментарий: жду звонка"],
  takingOfIncident: [{ id: 12 }, "инцидент № 12"],
  takingInsteadOf: [{ name: "Анна" }, "вместо: Анна"],
  takingEnded: [{ name: "Анна", end: "exchange" }, "Анна: обмен восстановлен"],
  restaurantNoteChange: [
    { field: "phone", before: null, after: "+7 495 555-01-12" },
    "Телефон: — → +7 495 555-01-12",
  ],
  tokenReplaced: [{}, "Токен заменён"],
  imported: [
    { created: 5, changed: 2, organizations: 1 },
    "Добавлено POS-серверов: 5; изменено: 2; новых организаций: 1",
  ],
  settingChange: [
    { setting: "allowUnprotectedResets", before: false, after: true },
    "Разрешить сброс по незащищённому соединению (HTTP): выключено → включено",
  ],
  exported: [{ rows: 5, url: "/audit?to=x&from=y" }, "Строк: 5; Журнал действий, с отбором"],
  batch: [{ kind: "logs", id: 7, count: 12 }, "Получить логи: 12 (действие 7)"],
  batchStopped: [{ id: 7, count: 3 }, "действие 7, не начато: 3"],
  period: [
    { fromAt: Date.parse("2026-11-23T21:00:00Z"), toAt: Date.parse("2026-11-24T10:40:00Z") },
    "24.11 00:00 – 24.11 13:40",
  ],
  archives: [{ archives: 1, files: 2 }, "1 архив, 2 файла"],
  archivesMissing: [{ archives: 3 }, "не получено: 3 архива"],
  archive: [{ path: "100237/1/x.zip" }, "100237/1/x.zip"],
  logSearch: [{ id: 3, text: "boom", count: 300 }, "«boom» у 300 (поиск 3)"],
  logSearchStopped: [{ id: 3 }, "поиск 3"],
  archivedLog: [{ day: "2026-11-24", number: 1, file: "sync.log" }, "2026-11-24, часть 1: sync.log"],
  logsFirst: [{}, "сначала логи"],
  noLogs: [{}, "без логов"],
  startAfter: [{}, "затем запустить службу"],
  noStart: [{}, "службу не запускать"],
  resetStep: [{ step: "resetting" }, "Убираем базу данных в резерв"],
  exchangeRestored: [{ seconds: 95 }, "Обмен восстановлен за 1 мин 35 с"],
  resetRefusal: [{ code: "open", detail: "" }, "Сброс этого POS-сервера уже идёт"],
  commandFailure: [
    { code: "start_failed", detail: "Access is denied" },
    "Службу не удалось запустить: Access is denied",
  ],
  logFailure: [
    { code: "archives_failed", detail: "disk_full, broken_off" },
    "Получены не все архивы: На диске для архивов не хватает места; Передача логов оборвалась",
  ],
  callFailure: [
    { code: "unauthorized", detail: "HTTP 401" },
    "POS-сервер не принял токен, подключите его заново: HTTP 401",
  ],
  logPatternsScope: [{ scope: "all" }, "для всех POS-серверов"],
  logPatterns: [
    { succeeded: 2, failed: 1, attempted: 0, excluded: 3 },
    "успех: 2, ошибка: 1, начало: 0, не учитывать: 3",
  ],
  logPatternsSource: [{ name: "Тверская, 12" }, "по логу: Тверская, 12"],
  teachingFailure: [{ code: "outdated_agent", detail: "" }, "Агент устарел, обновите его"],
  tagsAdded: [{ tags: "Москва, 24/7" }, "добавлено: Москва, 24/7"],
  tagsRemoved: [{ tags: "Москва" }, "убрано: Москва"],
  openingHours: [
    { hours: "Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00" },
    "часы: пн–пт 10:00–23:00; сб, вс 11:00–02:00",
  ],
  plannedWorks: [
    { works: "Tue 03:00–05:00; 01.12.2026 22:00–02:00" },
    "плановые работы: вт 03:00–05:00; 01.12.2026 22:00–02:00",
  ],
  hoursTimeZone: [{ timeZone: null }, "часовой пояс: —"],
  updateFirst: [{ name: "Арбат, 5" }, "первый: Арбат, 5"],
  updateFailure: [{ code: "rejected", detail: "" }, "Новая версия не заработала, агент вернулся к прежней"],
  channelKind: [{ kind: "email" }, "Почта"],
  channelOwn: [{}, "личный канал"],
  channelReach: [{ reach: "duty@example.ru" }, "кому: duty@example.ru"],
  channelVia: [{ name: "Почта" }, "через «Почта»"],
  channelServer: [{ server: "smtp.example.ru" }, "сервер smtp.example.ru"],
  channelChange: [
    { field: "security", before: "none", after: "starttls" },
    "Шифрование: без шифрования → STARTTLS",
  ],
  channelSecretReplaced: [{ secret: "password" }, "Пароль: новое значение"],
  channelsBelow: [{ count: 2 }, "вместе с 2 личными каналами"],
  channelAnswer: [{ answer: "250 2.0.0 Ok: queued" }, "250 2.0.0 Ok: queued"],
  channelFailure: [
    { code: "temporary", detail: "getaddrinfo ENOTFOUND smtp.example.ru" },
    "Связаться не удаётся. Имени smtp.example.ru нет в DNS",
  ],
  ruleOfDefault: [{}, "с правилом: любая неполадка дольше 10 минут"],
  ruleAllOrganizations: [{}, "все организации"],
  ruleOrganizations: [{ names: "Суши, Блины" }, "организации: Суши, Блины"],
  ruleTags: [{ tags: null }, "теги: —"],
  ruleStates: [{ states: "sync_error, unreachable" }, "ошибка синхронизации, нет связи"],
  ruleAfter: [{ minutes: 10 }, "когда: через 10 мин"],
  ruleCommonAtOnce: [{ isAtOnce: false }, "общая причина сразу: выключено"],
  ruleQuietHours: [{ from: 1_380, to: 480 }, "тихие часы: 23:00–08:00"],
  ruleRepeat: [{ minutes: 120 }, "напоминать каждые: 2 ч"],
  ruleEscalation: [{ minutes: 60, name: "Дежурный" }, "если никто не занимается: Дежурный, через 1 ч"],
  messengerAccount: [{ name: "@ivan" }, "@ivan"],
};

/** Both catalogs have the same phrases with the same values: in English those that put something into words. */
const ENGLISH: Partial<Record<AuditDetailKey, string>> = {
  moreRightsAdded: "+ 21 more organizations",
  settingChange: "Allow resets over an unprotected connection (HTTP): off → on",
  exported: "Rows: 5; Audit log, filtered",
  archives: "1 archive, 2 files",
  exchangeRestored: "Exchange restored in 1 min 35 sec",
  logFailure:
    "Some archives are missing: The disk for archives has no room; The transfer of the logs broke off",
  openingHours: "hours: Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00",
  plannedWorks: "planned works: Tue 03:00–05:00; 01.12.2026 22:00–02:00",
  ruleStates: "sync error, unreachable",
  ruleAfter: "when: after 10 min",
};

/** Texts of people and POS servers that look like words, codes or markup of this program. */
const LOOKALIKES = [
  "open",
  "administrator",
  "parked",
  "done",
  "rows: 5",
  "busy: x; logs first",
  "name: a → b",
  "$t(audit.title)",
  "{{crmId}} {{name}}",
  '<b title="x">&amp;</b>',
];

const KEYS = Object.keys(EXAMPLES) as AuditDetailKey[];
const QUERY = "action=organization_change";

async function write(monitor: TestMonitor, subject: string, ...detail: AuditDetailPart[]): Promise<void> {
  const event = { action: "organization_change", subject, detail } as const;
  await recordEvent(monitor.db, ACTOR, event, monitor.clock());
}

/** What the page says of the details, by the subjects of the events. */
async function shownDetails({ app }: TestMonitor, language: "ru" | "en" = "ru") {
  const body = await getHtml(app, `/audit?${QUERY}`, { language });
  const rows = body.matchAll(
    /class="audit-subject">([^<]*)<\/td>\s*<td role="cell" class="audit-detail">([^<]*)<\/td>/g,
  );
  return bySubject([...rows].map((row) => row.slice(1).map(unescapeHtml)));
}

function bySubject(rows: string[][]): Record<string, string> {
  return Object.fromEntries(rows.map(([subject, text = ""]) => [subject, text.replaceAll("\u00a0", " ")]));
}

t.test("every phrase is said in the viewer's language, on the page and in its file", async (t) => {
  const monitor = await startMonitor(t);
  for (const key of KEYS) await write(monitor, key, { key, values: EXAMPLES[key][0] } as AuditDetailPart);
  const inRussian = Object.fromEntries(KEYS.map((key) => [key, EXAMPLES[key][1]]));
  t.same(await shownDetails(monitor), inRussian);
  const [sheet] = (await downloadWorkbook(monitor.app, `/audit.xlsx?${QUERY}`)).sheets;
  const inFile = (sheet?.values ?? []).slice(1);
  t.same(bySubject(inFile.map((cells) => [String(cells[6]), String(cells[8])])), inRussian);

  const shown = await shownDetails(monitor, "en");
  t.match(shown, ENGLISH);
  for (const key of KEYS) {
    const ofValues = Object.values(EXAMPLES[key][0]).join();
    const words = shown[key]?.match(/[а-яё]+/gi) ?? [];
    t.ok(shown[key] && words.every((word) => ofValues.includes(word)), `${key}: ${shown[key]}`);
  }
});

t.test("what people and POS servers wrote is never taken for words, codes or markup", async (t) => {
  const monitor = await startMonitor(t);
  for (const detail of LOOKALIKES) {
    await write(monitor, detail, { key: "renamed", values: { before: detail, after: "Анна" } });
    const stopped = { key: "commandFailure", values: { code: "stop_failed", detail } } as const;
    await write(monitor, `of ${detail}`, stopped, { key: "callFailure", values: { code: "tls", detail } });
  }
  for (const language of LANGUAGES) {
    const shown = await shownDetails(monitor, language);
    for (const text of LOOKALIKES) {
      t.equal(shown[text], `${text} → Анна`);
      const failure = shown[`of ${text}`] ?? "";
      if (language === "ru") t.ok(failure.startsWith(`Службу не удалось остановить: ${text}; `), failure);
      t.ok(failure.endsWith(`: ${text}`), failure);
    }
  }
  const body = await getHtml(monitor.app, "/audit");
  t.match(body, "&lt;b title=&quot;x&quot;&gt;&amp;amp;&lt;/b&gt; → Анна");
});

t.test("a time of another year has its year, and one's own time zone or the browser's is told", async (t) => {
  const monitor = await startMonitor(t);
  const fromAt = Date.parse("2025-12-31T20:00:00Z");
  await write(monitor, "1", { key: "period", values: { fromAt, toAt: fromAt + 3_600_000 } });
  await write(monitor, "2", { key: "preferences", values: { language: "ru", timeZone: null } });
  const expected = { 1: "31.12.2025 23:00 – 01.01 00:00", 2: "Русский, часовой пояс браузера" };
  t.same(await shownDetails(monitor), expected);
});
