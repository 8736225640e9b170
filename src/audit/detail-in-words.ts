import type { TFunction } from "i18next";
import { SETTING_FIELDS } from "../settings/fields.ts";

/** `field: before → after`, as describeChanges writes it. */
const CHANGE = /(^|; )([a-zA-Z]+): (?=[^;]* → )/g;
const REGISTRY_FIELDS = ["name", "CrmId", "address", "fingerprint", "token", "interval", "id"];

/** Says the detail of an event in the viewer's language as far as it is made of known words. */
export function detailInWords(t: TFunction, detail: string): string {
  if (detail === "too many attempts") return t("audit.tooManyAttempts");
  return detail.replace(CHANGE, (_whole, separator: string, field: string) => {
    return `${separator}${fieldInWords(t, field)}: `;
  });
}

function fieldInWords(t: TFunction, field: string): string {
  if (REGISTRY_FIELDS.includes(field)) return t(`audit.field.${field}`);
  return SETTING_FIELDS.some(({ name }) => name === field) ? t(`settings.label.${field}`) : field;
}
