import type { Translate } from "../viewer/language.ts";

/** The button that gets a table as a file from `url`, and what public/js/excel.js says meanwhile. */
export function excelButton(t: Translate, url: string) {
  const texts = {
    preparing: t("excel.preparing"),
    preparingFile: t("excel.preparingFile"),
    done: t("excel.done"),
    unreachable: t("excel.unreachable"),
    failed: t("excel.failed"),
  };
  return { url, title: t("excel.buttonTitle"), text: t("excel.button"), texts: JSON.stringify(texts) };
}
