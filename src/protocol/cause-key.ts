import { ANYTHING } from "./log-lines.ts";
import { MASKED } from "./mask/masked.ts";

const MAX_LENGTH = 160;
const ONE_VALUE = { "#": /#(?:\s*[.,:/_+-]\s*#)+/g, [ANYTHING]: /…(?:\s*[.,:/_+-]?\s*…)+/g };

/** One key for the same cause on many POS servers: times, addresses, ids, numbers and quoted names become `#`. */
export function causeKey(text: string): string {
  return withoutValues(text.normalize("NFKC").toLowerCase(), "#").trim().slice(0, MAX_LENGTH);
}

/** The same text as it is searched for in logs: such values, masked numbers and line breaks become `ANYTHING`. */
export function searchableText(text: string): string {
  // An exception stands on a line of its own in a log.
  const inOneLine = text
    .replace(MASKED, ANYTHING)
    .replace(/: (?=[\w.]{0,100}(?:Exception|Error)\b)/g, ANYTHING)
    .replace(/\s*[\r\n]\s*|\s{2,}/g, ANYTHING);
  return withoutValues(inOneLine, ANYTHING).replace(/^[…\s.,:;]+|[…\s.,:;]+$/g, "");
}

function withoutValues(text: string, sign: keyof typeof ONE_VALUE): string {
  return text
    .replace(/«[^»]*»|“[^”]*”|„[^“]*“|"[^"]*"|'[^']*'|`[^`]*`/g, sign)
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, sign)
    .replace(/\b(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}(?:%\w+)?/gi, sign)
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, sign)
    .replace(/\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{6,}\b/gi, sign)
    .replace(sign === "#" ? /\d+/g : /(?<![\p{L}_])\d+(?![\p{L}_])/gu, sign)
    .replace(ONE_VALUE[sign], sign)
    .replace(/\s+/g, " ");
}
