import t from "tap";
import {
  type AuditDetailKey,
  type AuditDetailPart,
  type AuditDetailValues,
  CHANNEL_FIELDS,
  CHANNEL_SECRETS,
  REGISTRY_FIELDS,
  RESTAURANT_NOTE_FIELDS,
} from "../../src/monitor/audit-log/detail.ts";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { DATABASE_RESET_STEPS } from "../../src/monitor/repairs/database-resets/step.ts";
import { ENDS_BY_ITSELF } from "../../src/monitor/restaurants/end-acknowledgements.ts";
import { SETTING_FIELDS } from "../../src/monitor/settings/fields.ts";
import { LANGUAGES, translator } from "../../src/monitor/viewer/language.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { downloadWorkbook } from "../helpers/download.ts";
import { getHtml, unescapeHtml } from "../helpers/page.ts";

const ACTOR = { userId: null, login: "someone", name: null, address: "10.1.2.3" };

interface Example<Key extends AuditDetailKey> {
  values: AuditDetailValues[Key];
  ru: string;
  en: string;
}

/** Every phrase there is: a new one without its example does not compile. */
const EXAMPLES: { [Key in AuditDetailKey]: Example<Key> } = {
  agentAwaited: {
    values: { request: "database_reset", until: Date.parse("2026-11-24T11:02:00Z") },
    ru: "сброс БД ждёт, когда агент выйдет на связь, до 24.11 14:02",
    en: "database reset waits until 24.11 14:02 for the agent to connect",
  },
  machineKept: {
    values: { kept: "KASSA-1", keptFrom: "10.0.0.5", other: "KASSA-2", from: "10.0.0.7" },
    ru: "оставлен KASSA-1 с адреса 10.0.0.5, отказано KASSA-2 с адреса 10.0.0.7",
    en: "kept KASSA-1 from 10.0.0.5, refused KASSA-2 from 10.0.0.7",
  },
  tooManyAttempts: { values: {}, ru: "слишком много попыток", en: "too many attempts" },
  newUser: { values: { name: "Анна" }, ru: "Анна", en: "Анна" },
  newAdministrator: {
    values: { name: "Анна" },
    ru: "Анна, системный администратор",
    en: "Анна, system administrator",
  },
  renamed: {
    values: { before: "administrator", after: "Анна" },
    ru: "administrator → Анна",
    en: "administrator → Анна",
  },
  preferences: {
    values: { language: "en", timeZone: "Europe/Moscow" },
    ru: "English, Europe/Moscow",
    en: "English, Europe/Moscow",
  },
  allRightsAdded: {
    values: {},
    ru: "+ все нынешние и будущие организации",
    en: "+ all present and future organizations",
  },
  allRightsRemoved: {
    values: {},
    ru: "− все нынешние и будущие организации",
    en: "− all present and future organizations",
  },
  rightAdded: { values: { name: "Суши", crmId: "100701" }, ru: "+ Суши (100701)", en: "+ Суши (100701)" },
  rightRemoved: { values: { name: "Суши", crmId: "100701" }, ru: "− Суши (100701)", en: "− Суши (100701)" },
  moreRightsAdded: { values: { count: 21 }, ru: "+ ещё 21 организация", en: "+ 21 more organizations" },
  moreRightsRemoved: { values: { count: 5 }, ru: "− ещё 5 организаций", en: "− 5 more organizations" },
  backupMade: {
    values: { at: Date.parse("2026-11-03T00:00:00Z") },
    ru: "копия от 03.11 03:00",
    en: "backup of 03.11 03:00",
  },
  crmId: { values: { crmId: "100237" }, ru: "CrmId: 100237", en: "CrmId: 100237" },
  codeUses: { values: { count: 21 }, ru: "на 21 POS-сервер", en: "for 21 POS servers" },
  address: {
    values: { address: "https://10.8.3.11:8443" },
    ru: "https://10.8.3.11:8443",
    en: "https://10.8.3.11:8443",
  },
  registryChange: {
    values: { field: "interval", before: null, after: 60 },
    ru: "Период опроса: — → 60",
    en: "Poll interval: — → 60",
  },
  parkingReason: { values: { reason: "ремонт" }, ru: "причина: ремонт", en: "reason: ремонт" },
  parkingEnd: {
    values: { at: Date.parse("2026-12-01T06:00:00Z") },
    ru: "до 01.12 09:00",
    en: "until 01.12 09:00",
  },
  parkingEnded: { values: {}, ru: "срок истёк", en: "its end was reached" },
  takingUntil: {
    values: { at: Date.parse("2026-11-24T12:00:00Z") },
    ru: "до 24.11 15:00",
    en: "until 24.11 15:00",
  },
  takingNote: { values: { note: "жду звонка" }, ru: "комментарий: жду звонка", en: "comment: жду звонка" },
  takingOfIncident: { values: { id: 12 }, ru: "инцидент № 12", en: "incident no. 12" },
  takingInsteadOf: { values: { name: "Анна" }, ru: "вместо: Анна", en: "instead of Анна" },
  takingEnded: {
    values: { name: "Анна", end: "exchange" },
    ru: "Анна: обмен восстановлен",
    en: "Анна: exchange restored",
  },
  restaurantNoteChange: {
    values: { field: "phone", before: null, after: "+7 495 555-01-12" },
    ru: "Телефон: — → +7 495 555-01-12",
    en: "Phone: — → +7 495 555-01-12",
  },
  tokenReplaced: { values: {}, ru: "Токен заменён", en: "Token replaced" },
  imported: {
    values: { created: 5, changed: 2, organizations: 1 },
    ru: "Добавлено POS-серверов: 5; изменено: 2; новых организаций: 1",
    en: "POS servers added: 5; changed: 2; new organizations: 1",
  },
  settingChange: {
    values: { setting: "allowUnprotectedResets", before: false, after: true },
    ru: "Разрешить сброс по незащищённому соединению (HTTP): выключено → включено",
    en: "Allow resets over an unprotected connection (HTTP): off → on",
  },
  exported: {
    values: { rows: 5, url: "/audit?to=x&from=y" },
    ru: "Строк: 5; Журнал действий, с отбором",
    en: "Rows: 5; Audit log, filtered",
  },
  period: {
    values: { fromAt: Date.parse("2026-11-23T21:00:00Z"), toAt: Date.parse("2026-11-24T10:40:00Z") },
    ru: "24.11 00:00 – 24.11 13:40",
    en: "24.11 00:00 – 24.11 13:40",
  },
  archives: { values: { archives: 1, files: 2 }, ru: "1 архив, 2 файла", en: "1 archive, 2 files" },
  archivesMissing: { values: { archives: 3 }, ru: "не получено: 3 архива", en: "missing: 3 archives" },
  archive: { values: { path: "100237/1/x.zip" }, ru: "100237/1/x.zip", en: "100237/1/x.zip" },
  archivedLog: {
    values: { day: "2026-11-24", number: 1, file: "sync.log" },
    ru: "2026-11-24, часть 1: sync.log",
    en: "2026-11-24, part 1: sync.log",
  },
  logsFirst: { values: {}, ru: "сначала логи", en: "logs first" },
  noLogs: { values: {}, ru: "без логов", en: "without logs" },
  startAfter: { values: {}, ru: "затем запустить службу", en: "then start the service" },
  noStart: { values: {}, ru: "службу не запускать", en: "leave the service stopped" },
  resetStep: {
    values: { step: "resetting" },
    ru: "Убираем базу данных в резерв",
    en: "Putting the database aside",
  },
  exchangeRestored: {
    values: { seconds: 95 },
    ru: "Обмен восстановлен за 1 мин 35 с",
    en: "Exchange restored in 1 min 35 sec",
  },
  resetRefusal: {
    values: { code: "open", detail: "" },
    ru: "Сброс этого POS-сервера уже идёт",
    en: "A reset of this POS server is under way",
  },
  commandFailure: {
    values: { code: "start_failed", detail: "Access is denied" },
    ru: "Службу не удалось запустить: Access is denied",
    en: "The service could not be started: Access is denied",
  },
  logFailure: {
    values: { code: "archives_failed", detail: "disk_full, broken_off" },
    ru: "Получены не все архивы: На диске для архивов не хватает места; Передача логов оборвалась",
    en: "Some archives are missing: The disk for archives has no room; The transfer of the logs broke off",
  },
  callFailure: {
    values: { code: "unauthorized", detail: "HTTP 401" },
    ru: "POS-сервер не принял токен, подключите его заново: HTTP 401",
    en: "The POS server refused the token, reconnect it: HTTP 401",
  },
  logPatternsScope: {
    values: { scope: "all" },
    ru: "для всех POS-серверов",
    en: "for all POS servers",
  },
  logPatterns: {
    values: { succeeded: 2, failed: 1, attempted: 0, excluded: 3 },
    ru: "успех: 2, ошибка: 1, начало: 0, не учитывать: 3",
    en: "success: 2, failure: 1, beginning: 0, left out: 3",
  },
  logPatternsSource: {
    values: { name: "Тверская, 12" },
    ru: "по логу: Тверская, 12",
    en: "from the log of Тверская, 12",
  },
  teachingFailure: {
    values: { code: "outdated_agent", detail: "" },
    ru: "Агент устарел, обновите его",
    en: "The agent is outdated, update it",
  },
  tagsAdded: { values: { tags: "Москва, 24/7" }, ru: "добавлено: Москва, 24/7", en: "added: Москва, 24/7" },
  tagsRemoved: { values: { tags: "Москва" }, ru: "убрано: Москва", en: "removed: Москва" },
  openingHours: {
    values: { hours: "Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00" },
    ru: "часы: пн–пт 10:00–23:00; сб, вс 11:00–02:00",
    en: "hours: Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00",
  },
  plannedWorks: {
    values: { works: "Tue 03:00–05:00; 01.12.2026 22:00–02:00" },
    ru: "плановые работы: вт 03:00–05:00; 01.12.2026 22:00–02:00",
    en: "planned works: Tue 03:00–05:00; 01.12.2026 22:00–02:00",
  },
  hoursTimeZone: { values: { timeZone: null }, ru: "часовой пояс: —", en: "time zone: —" },
  updateFirst: { values: { name: "Арбат, 5" }, ru: "первый: Арбат, 5", en: "first: Арбат, 5" },
  updateFailure: {
    values: { code: "rejected", detail: "" },
    ru: "Новая версия не заработала, агент вернулся к прежней",
    en: "The new version did not work, the agent went back to the previous one",
  },
  channelKind: { values: { kind: "email" }, ru: "Почта", en: "E-mail" },
  channelOwn: { values: {}, ru: "личный канал", en: "of one person" },
  channelReach: {
    values: { reach: "duty@example.ru" },
    ru: "кому: duty@example.ru",
    en: "to duty@example.ru",
  },
  channelVia: { values: { name: "Почта" }, ru: "через «Почта»", en: "via “Почта”" },
  channelServer: {
    values: { server: "smtp.example.ru" },
    ru: "сервер smtp.example.ru",
    en: "server smtp.example.ru",
  },
  channelChange: {
    values: { field: "security", before: "none", after: "starttls" },
    ru: "Шифрование: без шифрования → STARTTLS",
    en: "Encryption: no encryption → STARTTLS",
  },
  channelSecretReplaced: {
    values: { secret: "password" },
    ru: "Пароль: новое значение",
    en: "Password: replaced",
  },
  channelsBelow: {
    values: { count: 2 },
    ru: "вместе с 2 личными каналами",
    en: "with 2 channels of single people",
  },
  channelAnswer: {
    values: { answer: "250 2.0.0 Ok: queued" },
    ru: "250 2.0.0 Ok: queued",
    en: "250 2.0.0 Ok: queued",
  },
  channelFailure: {
    values: { code: "dns", detail: "getaddrinfo ENOTFOUND smtp.example.ru" },
    ru: "Связаться не удаётся. Имени smtp.example.ru нет в DNS",
    en: "There is no way through. There is no name smtp.example.ru in DNS",
  },
  ruleOfDefault: {
    values: {},
    ru: "с правилом: любая неполадка дольше 10 минут",
    en: "with a rule: any trouble for longer than 10 minutes",
  },
  ruleAllOrganizations: { values: {}, ru: "все организации", en: "all organizations" },
  ruleOrganizations: {
    values: { names: "Суши, Блины" },
    ru: "организации: Суши, Блины",
    en: "organizations: Суши, Блины",
  },
  ruleTags: { values: { tags: null }, ru: "теги: —", en: "tags: —" },
  ruleStates: {
    values: { states: "sync_error, unreachable" },
    ru: "ошибка синхронизации, нет связи",
    en: "sync error, unreachable",
  },
  ruleAfter: { values: { minutes: 10 }, ru: "когда: через 10 мин", en: "when: after 10 min" },
  ruleCommonAtOnce: {
    values: { isAtOnce: false },
    ru: "общая причина сразу: выключено",
    en: "a common cause at once: off",
  },
  ruleQuietHours: {
    values: { from: 1_380, to: 480 },
    ru: "тихие часы: 23:00–08:00",
    en: "quiet hours: 23:00–08:00",
  },
  ruleRepeat: {
    values: { minutes: 120 },
    ru: "напоминать каждые: 2 ч",
    en: "again every: 2 h",
  },
  ruleEscalation: {
    values: { minutes: 60, name: "Дежурный" },
    ru: "если никто не занимается: Дежурный, через 1 ч",
    en: "if nobody is on it: Дежурный, after 1 h",
  },
  messengerAccount: { values: { name: "@ivan" }, ru: "@ivan", en: "@ivan" },
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

async function write(monitor: TestMonitor, subject: string, ...detail: AuditDetailPart[]): Promise<void> {
  const event = { action: "organization_change", subject, detail } as const;
  await recordEvent(monitor.app.database.db, ACTOR, event, monitor.clock());
}

/** The details of the events by their subjects, on the page and in its file, which say the same. */
async function shownDetails(monitor: TestMonitor, language: "ru" | "en"): Promise<Map<string, string>[]> {
  const query = "action=organization_change";
  const body = await getHtml(monitor.app, `/audit?${query}`, { language });
  const rows = body.matchAll(
    /class="audit-subject">([^<]*)<\/td>\s*<td role="cell" class="audit-detail">([^<]*)<\/td>/g,
  );
  const onPage = [...rows].map(([, subject = "", detail = ""]): [string, string] => [
    unescapeHtml(subject),
    unescapeHtml(detail),
  ]);
  const [sheet] = (await downloadWorkbook(monitor.app, `/audit.xlsx?${query}`, { language })).sheets;
  const inFile = (sheet?.values ?? [])
    .slice(1)
    .map((cells): [string, string] => [String(cells[6]), String(cells[8])]);
  return [onPage, inFile].map((pairs) => new Map(pairs.map(([name, text]) => [name, plain(text)])));
}

function plain(text: string): string {
  return text.replaceAll("\u00a0", " ");
}

t.test("every phrase is said in the viewer's language, on the page and in its file", async (t) => {
  const monitor = await startMonitor(t);
  for (const key of KEYS) {
    await write(monitor, key, { key, values: EXAMPLES[key].values } as AuditDetailPart);
  }
  for (const language of LANGUAGES) {
    for (const shown of await shownDetails(monitor, language)) {
      t.same(
        Object.fromEntries(shown),
        Object.fromEntries(KEYS.map((key) => [key, EXAMPLES[key][language]])),
      );
    }
  }
});

t.test("several parts stand one after another", async (t) => {
  const monitor = await startMonitor(t);
  const { archives, archivesMissing } = EXAMPLES;
  await write(
    monitor,
    "1",
    { key: "archives", values: archives.values },
    { key: "archivesMissing", values: archivesMissing.values },
    { key: "logFailure", values: { code: "disk_full", detail: "12 KB free" } },
  );
  for (const shown of await shownDetails(monitor, "ru")) {
    t.equal(
      shown.get("1"),
      "1 архив, 2 файла; не получено: 3 архива; На диске для архивов не хватает места: 12 KB free",
    );
  }
});

t.test("what people and POS servers wrote is never taken for words, codes or markup", async (t) => {
  const monitor = await startMonitor(t);
  for (const text of LOOKALIKES) {
    await write(monitor, text, { key: "renamed", values: { before: text, after: "Анна" } });
  }
  for (const language of LANGUAGES) {
    for (const shown of await shownDetails(monitor, language)) {
      t.same(
        [...shown],
        LOOKALIKES.toReversed().map((text) => [text, `${text} → Анна`]),
      );
    }
  }
  const body = await getHtml(monitor.app, "/audit");
  t.match(body, "&lt;b title=&quot;x&quot;&gt;&amp;amp;&lt;/b&gt; → Анна");
});

t.test("what a POS server said of a failure is never taken for one of ours", async (t) => {
  const monitor = await startMonitor(t);
  for (const detail of LOOKALIKES) {
    await write(
      monitor,
      detail,
      { key: "commandFailure", values: { code: "stop_failed", detail } },
      { key: "callFailure", values: { code: "tls", detail } },
    );
  }
  for (const shown of await shownDetails(monitor, "ru")) {
    for (const detail of LOOKALIKES) {
      const said = shown.get(detail) ?? "";
      t.ok(said.startsWith(`Службу не удалось остановить: ${detail}; `), said);
      t.ok(said.endsWith(`: ${detail}`), said);
    }
  }
});

t.test("a time of another year has its year, and one's own time zone or the browser's is told", async (t) => {
  const monitor = await startMonitor(t);
  const fromAt = Date.parse("2025-12-31T20:00:00Z");
  await write(monitor, "1", { key: "period", values: { fromAt, toAt: fromAt + 3_600_000 } });
  await write(monitor, "2", { key: "preferences", values: { language: "ru", timeZone: null } });
  for (const shown of await shownDetails(monitor, "ru")) {
    t.equal(shown.get("1"), "31.12.2025 23:00 – 01.01 00:00");
    t.equal(shown.get("2"), "Русский, часовой пояс браузера");
  }
});

t.test("what was recorded as text, before details were data, is shown as it is", async (t) => {
  const monitor = await startMonitor(t);
  const texts = [
    "open",
    "name: a → b; CrmId: 1 → 2",
    "rows: 5; /audit",
    "<b>x</b>, administrator",
    "seconds: 95",
  ];
  const insert = monitor.app.database.sqlite.prepare(
    `insert into audit_event (at, user_login, address, action, result, subject, detail)
     values (?, 'someone', '10.1.2.3', 'organization_change', 'done', ?, ?)`,
  );
  for (const text of texts) insert.run(monitor.clock(), text, text);
  for (const language of LANGUAGES) {
    for (const shown of await shownDetails(monitor, language)) {
      t.same(
        [...shown],
        texts.toReversed().map((text) => [text, text]),
      );
    }
  }
});

t.test("every field, setting and step of a detail has its words in both languages", async (t) => {
  for (const language of LANGUAGES) {
    const words = translator(language);
    const keys = [
      ...REGISTRY_FIELDS.map((field) => `audit.field.${field}`),
      ...SETTING_FIELDS.map(({ name }) => `settings.label.${name}`),
      ...DATABASE_RESET_STEPS.filter((step) => step !== "done").map((step) => `databaseReset.step.${step}`),
      ...LANGUAGES.map((one) => `languageName.${one}`),
      ...RESTAURANT_NOTE_FIELDS.map((field) => `restaurantNote.${field}`),
      ...ENDS_BY_ITSELF.map((end) => `acknowledgement.ended.${end}`),
      ...[...CHANNEL_FIELDS, ...CHANNEL_SECRETS].map((field) => `channels.field.${field}`),
    ];
    for (const key of keys) t.not(words(key), key, `${key} in ${language}`);
  }
});
