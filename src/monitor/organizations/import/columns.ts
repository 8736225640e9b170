import type { Language } from "../../viewer/language.ts";

export const COLUMNS = [
  "organization",
  "crmId",
  "name",
  "connection",
  "token",
  "tags",
  "hours",
  "works",
  "timeZone",
] as const;
export type ImportColumn = (typeof COLUMNS)[number];

/** Columns without which no row can be understood; registered organizations need no name, POS servers no address. */
export const REQUIRED_COLUMNS: readonly ImportColumn[] = ["crmId", "name"];
/** Without any of these there is nothing to import. */
export const CHANGING_COLUMNS: readonly ImportColumn[] = ["connection", "tags", "hours", "works", "timeZone"];

export const HEADINGS: Record<Language, Record<ImportColumn, string>> = {
  ru: {
    organization: "Организация",
    crmId: "CrmId",
    name: "POS-сервер",
    connection: "Адрес или строка подключения",
    token: "Токен",
    tags: "Теги",
    hours: "Часы работы",
    works: "Плановые работы",
    timeZone: "Часовой пояс",
  },
  en: {
    organization: "Organization",
    crmId: "CrmId",
    name: "POS server",
    connection: "Address or pairing string",
    token: "Token",
    tags: "Tags",
    hours: "Opening hours",
    works: "Planned works",
    timeZone: "Time zone",
  },
};

const SYNONYMS: Record<ImportColumn, string[]> = {
  organization: ["Название организации", "Organization name", "Предприятие"],
  crmId: ["CRM Id", "CRM-Id", "CRM_ID"],
  name: ["Название", "Название POS-сервера", "POS сервер", "Name", "POS server name", "POS-server"],
  connection: ["Адрес", "Строка подключения", "Address", "Pairing string", "URL"],
  token: [],
  tags: ["Тег", "Tag", "Метки", "Labels"],
  hours: ["График работы", "Режим работы", "Hours", "Working hours"],
  works: ["Работы", "Works", "Maintenance"],
  timeZone: ["Зона", "Timezone", "Time-zone", "IANA"],
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
