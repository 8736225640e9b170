import type { TFunction } from "i18next";
import { codeInWords as logCodeInWords } from "../log-archives/outcome/failure-in-words.ts";
import { codeInWords as resetCodeInWords } from "../repairs/database-resets/words.ts";
import { SETTING_FIELDS } from "../settings/fields.ts";

/** `field: before → after`, as describeChanges writes it. */
const CHANGE = /(^|; )([a-zA-Z]+): (?=[^;]* → )/g;
/** What events say in these words, at the end of a part. */
const PHRASES: Record<string, string> = {
  "too many attempts": "tooManyAttempts",
  "all present and future organizations": "allOrganizations",
  "the browser's time zone": "browserTimeZone",
  administrator: "administrator",
  "logs first": "logsFirst",
  "no logs": "noLogs",
  "start after it": "startAfter",
  "no start": "noStart",
  "switched on": "on",
  "switched off": "off",
};
const PHRASE = new RegExp(`(^|; |: |→ |[+−] |, )(${Object.keys(PHRASES).join("|")})(?=$|;| →)`, "g");
const COUNTS = [
  "created",
  "changed",
  "organizations",
  "archives",
  "failedArchives",
  "files",
  "rows",
  "seconds",
];
const COUNT = new RegExp(`(^|; )(${COUNTS.join("|")}): (?=\\d+(?:$|;))`, "g");
/** Steps and failures of what a POS server was told, alone or before a technical text; why there are no logs, too. */
const CODE = /(?<=^|; |(?:logs|archives)_failed: (?:[a-z_]+, )*)[a-z]+(?:_[a-z]+)*(?=$|; |: |, )/g;
const REGISTRY_FIELDS = ["name", "CrmId", "address", "fingerprint", "token", "interval", "id"];

/** Says the detail of an event in the viewer's language as far as it is made of known words. */
export function detailInWords(t: TFunction, detail: string): string {
  return detail
    .replace(CHANGE, (_whole, before: string, field: string) => `${before}${fieldInWords(t, field)}: `)
    .replace(COUNT, (_whole, before: string, count: string) => `${before}${countInWords(t, count)}: `)
    .replace(CODE, (code) => resetCodeInWords(t, code) ?? logCodeInWords(t, code) ?? code)
    .replace(PHRASE, (_whole, before: string, phrase: string) => before + phraseInWords(t, phrase));
}

function countInWords(t: TFunction, count: string): string {
  return t(`audit.count.${count}`);
}

function phraseInWords(t: TFunction, phrase: string): string {
  return t(`audit.phrase.${PHRASES[phrase]}`);
}

function fieldInWords(t: TFunction, field: string): string {
  if (REGISTRY_FIELDS.includes(field)) return t(`audit.field.${field}`);
  return SETTING_FIELDS.some(({ name }) => name === field) ? t(`settings.label.${field}`) : field;
}
