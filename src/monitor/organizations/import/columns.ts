import { SCHEDULE_LIMITS } from "../../fleet/opening-hours/read-schedule.ts";
import { MAX_NAME_LENGTH } from "../../registry/names.ts";
import en from "../../translations/en/organizations.json" with { type: "json" };
import ru from "../../translations/ru/organizations.json" with { type: "json" };
import type { Language } from "../../viewer/language.ts";

const MAX_SCHEDULE = SCHEDULE_LIMITS.characters + 1;

/** Cells longer than `most` are cut when read, just beyond what is allowed. */
const READ = {
  organization: {
    most: MAX_NAME_LENGTH + 1,
    synonyms: ["Название организации", "Organization name", "Предприятие"],
  },
  crmId: { most: 64, synonyms: ["CRM Id", "CRM-Id", "CRM_ID"] },
  name: {
    most: MAX_NAME_LENGTH + 1,
    synonyms: ["Название", "Название POS-сервера", "POS сервер", "Name", "POS server name", "POS-server"],
  },
  connection: { most: 1_024, synonyms: ["Адрес", "Строка подключения", "Address", "Pairing string", "URL"] },
  token: { most: 300, synonyms: [] },
  computer: { most: MAX_NAME_LENGTH + 1, synonyms: ["Имя компьютера", "Хост", "Computer name", "Host"] },
  phone: { most: 100, synonyms: ["Телефон ресторана", "Тел.", "Phone number", "Telephone"] },
  tags: { most: 2_000, synonyms: ["Тег", "Tag", "Метки", "Labels"] },
  hours: { most: MAX_SCHEDULE, synonyms: ["График работы", "Режим работы", "Hours", "Working hours"] },
  works: { most: MAX_SCHEDULE, synonyms: ["Работы", "Works", "Maintenance"] },
  timeZone: { most: 100, synonyms: ["Зона", "Timezone", "Time-zone", "IANA"] },
  key: { most: 64, synonyms: [] },
};
export type ImportColumn = keyof typeof READ;
export const COLUMNS = Object.keys(READ) as ImportColumn[];

/** The column without which no row can be understood; a row without a POS server is an organization, which needs a name. */
export const REQUIRED_COLUMN: ImportColumn = "crmId";
/** Without any of these there is nothing to import. */
export const CHANGING_COLUMNS: readonly ImportColumn[] = ["organization", "name"];
/** What is said of a POS server alone, so that a row with one of these has to name it. */
export const OF_POS_SERVER: ImportColumn[] = ["connection", "token", "computer", "phone", "tags", "key"];

const EMPTYING = /^(?:[-–—−]|нет|none)$/i;

/** Whether a cell empties what is registered; an empty cell leaves it. */
export function isEmptying(text: string): boolean {
  return EMPTYING.test(text);
}

export const HEADINGS: Record<Language, Record<ImportColumn, string>> = {
  ru: ru.import.column,
  en: en.import.column,
};

const columnsByHeading = new Map(
  COLUMNS.flatMap((column) =>
    [HEADINGS.ru[column], HEADINGS.en[column], ...READ[column].synonyms].map(
      (heading): [string, ImportColumn] => [heading.toLowerCase(), column],
    ),
  ),
);

/** In Russian or English, and in any letter case. */
export function columnOf(heading: string): ImportColumn | null {
  const plain = heading.replace(/\s+/g, " ").replace(/[:*]$/, "").trim().toLowerCase();
  return columnsByHeading.get(plain) ?? null;
}

/** Of the text that is read of a cell. */
export function maxLengthOf(column: ImportColumn): number {
  return READ[column].most;
}

/** Nobody can call the number, so that an example left in the file is refused. */
const EXAMPLE = { crmId: "0100237", computer: "KASSA-12", phone: "+7 495 …", timeZone: "Europe/Moscow" };
/** The example row of the template. */
export const EXAMPLES: Record<Language, Partial<Record<ImportColumn, string>>> = {
  ru: {
    ...EXAMPLE,
    organization: "Сеть «Пример»",
    name: "Ресторан на Невском",
    tags: "Москва, франшиза",
    hours: "пн–пт 10:00–23:00; сб, вс 11:00–02:00",
    works: "вт 03:00–05:00",
  },
  en: {
    ...EXAMPLE,
    organization: "Example chain",
    name: "Nevsky restaurant",
    tags: "Moscow, franchise",
    hours: "Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00",
    works: "Tue 03:00–05:00",
  },
};
