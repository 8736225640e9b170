import type { Language } from "../../viewer/language.ts";

export const COLUMNS = ["organization", "crmId", "name", "connection", "token"] as const;
export type ImportColumn = (typeof COLUMNS)[number];

/** Columns without which no row can be understood; an organization that is registered needs no name. */
export const REQUIRED_COLUMNS: readonly ImportColumn[] = ["crmId", "name", "connection"];

/** The headings of the template; each is read again by `columnOf`. */
export const HEADINGS: Record<Language, Record<ImportColumn, string>> = {
  ru: {
    organization: "Организация",
    crmId: "CrmId",
    name: "POS-сервер",
    connection: "Адрес или строка подключения",
    token: "Токен",
  },
  en: {
    organization: "Organization",
    crmId: "CrmId",
    name: "POS server",
    connection: "Address or pairing string",
    token: "Token",
  },
};

const SYNONYMS: Record<ImportColumn, string[]> = {
  organization: ["Название организации", "Organization name", "Предприятие"],
  crmId: ["CRM Id", "CRM-Id", "CRM_ID"],
  name: ["Название", "Название POS-сервера", "POS сервер", "Name", "POS server name", "POS-server"],
  connection: ["Адрес", "Строка подключения", "Address", "Pairing string", "URL"],
  token: [],
};

const columnsByHeading = new Map(
  COLUMNS.flatMap((column) =>
    [HEADINGS.ru[column], HEADINGS.en[column], ...SYNONYMS[column]].map((heading): [string, ImportColumn] => [
      heading.toLowerCase(),
      column,
    ]),
  ),
);

/** Finds the column with this heading, in Russian or English and in any letter case. */
export function columnOf(heading: string): ImportColumn | null {
  const plain = heading.replace(/\s+/g, " ").replace(/[:*]$/, "").trim().toLowerCase();
  return columnsByHeading.get(plain) ?? null;
}
