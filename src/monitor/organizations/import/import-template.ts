import { createWorkbook } from "../../excel/workbook.ts";
import { type Language, translator } from "../../viewer/language.ts";
import { COLUMNS, HEADINGS, type ImportColumn } from "./columns.ts";

/** Nobody can call it, so that an example left in the file is refused. */
const EXAMPLE_PHONE = "+7 495 …";

const EXAMPLES: Record<Language, Record<ImportColumn, string>> = {
  ru: {
    organization: "Сеть «Пример»",
    crmId: "0100237",
    name: "Ресторан на Невском",
    connection: "",
    token: "",
    computer: "KASSA-12",
    phone: EXAMPLE_PHONE,
    tags: "Москва, франшиза",
    hours: "пн–пт 10:00–23:00; сб, вс 11:00–02:00",
    works: "вт 03:00–05:00",
    timeZone: "Europe/Moscow",
    key: "",
  },
  en: {
    organization: "Example chain",
    crmId: "0100237",
    name: "Nevsky restaurant",
    connection: "",
    token: "",
    computer: "KASSA-12",
    phone: EXAMPLE_PHONE,
    tags: "Moscow, franchise",
    hours: "Mon–Fri 10:00–23:00; Sat, Sun 11:00–02:00",
    works: "Tue 03:00–05:00",
    timeZone: "Europe/Moscow",
    key: "",
  },
};

const SHEET_NAMES: Record<Language, string> = { ru: "POS-серверы", en: "POS servers" };

/** Makes an .xlsx with the headings and one example row, to be filled in and imported. */
export async function importTemplate(language: Language): Promise<Buffer> {
  const columns = COLUMNS.map((column) => ({ heading: HEADINGS[language][column] }));
  const workbook = createWorkbook({ timeZone: "UTC", dateFormat: "yyyy-mm-dd" });
  const sheet = workbook.addSheet({ name: SHEET_NAMES[language], columns, hasFilter: false });
  await sheet.add(COLUMNS.map((column) => EXAMPLES[language][column]));
  const t = translator(language);
  const rules = [{ heading: t("import.rulesTitle"), wraps: true }];
  const help = workbook.addSheet({ name: t("import.rulesTitle"), columns: rules, hasFilter: false });
  await help.add([t("import.rules")]);
  return await workbook.finish();
}
