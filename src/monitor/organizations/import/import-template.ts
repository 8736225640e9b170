import type { Language } from "../../viewer/language.ts";
import { COLUMNS, HEADINGS, type ImportColumn } from "./columns.ts";

/** The dots make it no pairing string, so an example that was left in the file is refused. */
const EXAMPLE_CONNECTION = "poswatch://pos.example.ru:8443?id=…&token=…&fingerprint=sha256:…";

const EXAMPLES: Record<Language, Record<ImportColumn, string>> = {
  ru: {
    organization: "Сеть «Пример»",
    crmId: "0100237",
    name: "Ресторан на Невском",
    connection: EXAMPLE_CONNECTION,
    token: "",
  },
  en: {
    organization: "Example chain",
    crmId: "0100237",
    name: "Nevsky restaurant",
    connection: EXAMPLE_CONNECTION,
    token: "",
  },
};

const COLUMN_WIDTHS: Record<ImportColumn, number> = {
  organization: 28,
  crmId: 12,
  name: 28,
  connection: 64,
  token: 24,
};

const SHEET_NAMES: Record<Language, string> = { ru: "POS-серверы", en: "POS servers" };

/** Makes an .xlsx with the headings and one example row, to be filled in and imported. */
export async function importTemplate(language: Language): Promise<Uint8Array> {
  const XLSX = await import("xlsx"); // large, and seldom needed outside the workers
  const rows = [HEADINGS[language], EXAMPLES[language]].map((row) => COLUMNS.map((column) => row[column]));
  const sheet = XLSX.utils.aoa_to_sheet(rows);
  sheet["!cols"] = COLUMNS.map((column) => ({ wch: COLUMN_WIDTHS[column] }));
  const workbook = XLSX.utils.book_new(sheet, SHEET_NAMES[language]);
  return XLSX.write(workbook, { bookType: "xlsx", type: "buffer", compression: true });
}
