import { createWorkbook } from "../../excel/workbook.ts";
import { type Language, translator } from "../../viewer/language.ts";
import { COLUMNS, HEADINGS, type ImportColumn } from "./columns.ts";

/** Nobody can call the number, so that an example left in the file is refused. */
const EXAMPLE = { crmId: "0100237", computer: "KASSA-12", phone: "+7 495 …", timeZone: "Europe/Moscow" };
const EXAMPLES: Record<Language, Partial<Record<ImportColumn, string>>> = {
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

/** Makes an .xlsx with the headings and one example row, to be filled in and imported. */
export async function importTemplate(language: Language): Promise<Buffer> {
  const columns = COLUMNS.map((column) => ({ heading: HEADINGS[language][column] }));
  const workbook = createWorkbook({ timeZone: "UTC", dateFormat: "yyyy-mm-dd" });
  const t = translator(language);
  const sheet = workbook.addSheet({ name: t("organizations.column.posServers"), columns, hasFilter: false });
  await sheet.add(COLUMNS.map((column) => EXAMPLES[language][column] ?? null));
  const rules = [{ heading: t("import.rulesTitle"), wraps: true }];
  const help = workbook.addSheet({ name: t("import.rulesTitle"), columns: rules, hasFilter: false });
  await help.add([t("import.rules")]);
  return await workbook.finish();
}
