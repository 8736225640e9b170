import en from "../../translations/en/organizations.json" with { type: "json" };
import ru from "../../translations/ru/organizations.json" with { type: "json" };
import type { Language } from "../../viewer/language.ts";

export const COLUMNS = [
  "organization",
  "crmId",
  "name",
  "connection",
  "token",
  "computer",
  "phone",
  "tags",
  "hours",
  "works",
  "timeZone",
  "key",
] as const;
export type ImportColumn = (typeof COLUMNS)[number];

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

const SYNONYMS: Record<ImportColumn, string[]> = {
  organization: ["Название организации", "Organization name", "Предприятие"],
  crmId: ["CRM Id", "CRM-Id", "CRM_ID"],
  name: ["Название", "Название POS-сервера", "POS сервер", "Name", "POS server name", "POS-server"],
  connection: ["Адрес", "Строка подключения", "Address", "Pairing string", "URL"],
  token: [],
  computer: ["Имя компьютера", "Хост", "Computer name", "Host"],
  phone: ["Телефон ресторана", "Тел.", "Phone number", "Telephone"],
  tags: ["Тег", "Tag", "Метки", "Labels"],
  hours: ["График работы", "Режим работы", "Hours", "Working hours"],
  works: ["Работы", "Works", "Maintenance"],
  timeZone: ["Зона", "Timezone", "Time-zone", "IANA"],
  key: [],
};

const columnsByHeading = new Map(
  COLUMNS.flatMap((column) =>
    [HEADINGS.ru[column], HEADINGS.en[column], ...SYNONYMS[column]].map((heading): [string, ImportColumn] => [
      heading.toLowerCase(),
      column,
    ]),
  ),
);

/** In Russian or English, and in any letter case. */
export function columnOf(heading: string): ImportColumn | null {
  const plain = heading.replace(/\s+/g, " ").replace(/[:*]$/, "").trim().toLowerCase();
  return columnsByHeading.get(plain) ?? null;
}
