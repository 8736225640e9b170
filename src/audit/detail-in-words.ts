import type { TFunction } from "i18next";
import enAudit from "../translations/en/audit.json" with { type: "json" };
import enSettings from "../translations/en/settings.json" with { type: "json" };

/** `field: before → after`, the fields as describeChanges names them. */
const FIELD = /(^|; )([a-zA-Z]+): (?=[^;]* → )/g;

/** Where the catalogs have words for fields. */
const GROUPS = [
  ["audit.field", enAudit.audit.field],
  ["settings.label", enSettings.settings.label],
] as const;

/** Says the detail of an event in the viewer's language as far as it is made of known words. */
export function detailInWords(t: TFunction, detail: string): string {
  if (detail === "too many attempts") return t("audit.tooManyAttempts");
  return detail.replace(FIELD, (whole, separator: string, field: string) => {
    const group = GROUPS.find(([, names]) => Object.hasOwn(names, field));
    return group ? `${separator}${t(`${group[0]}.${field}`)}: ` : whole;
  });
}
