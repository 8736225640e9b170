import querystring from "node:querystring";
import { MASK } from "./masked.ts";

/** Cyrillic in an address or in JSON: `%D0%90+12`, `\u0410\u043d`. */
const RUNS =
  /(?:%[\dA-F]{2}|[\w.+-])*%D[01]%[89AB][\dA-F](?:%[\dA-F]{2}|[\w.+-])*|(?:\\{1,7}u04[\dA-F]{2}[ ,.\d-]{0,3}){2,}/gi;
const HAS_RUN = /%D[01]%|\\u04/i;

/** Undoes such an encoding. */
export function decode(text: string): string {
  const value = text.replace(/\\{1,7}u([\da-f]{4})/gi, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return /%[C-F][\dA-F]%[89AB][\dA-F]/i.test(value)
    ? querystring.unescape(value.replaceAll("+", " "))
    : value;
}

/** Hides encoded words if `hide` changes them when they are decoded. */
export function maskEncoded(text: string, hide: (plain: string) => string): string {
  if (!HAS_RUN.test(text)) return text;
  return text.replace(RUNS, (run) => {
    const plain = decode(run);
    return hide(plain) === plain ? run : MASK;
  });
}
