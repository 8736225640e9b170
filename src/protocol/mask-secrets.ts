import { cutBetweenNumbers, maskGuestData, maskNames } from "./mask-guest-data.ts";

const MASK = "•••";
/** Longer than any number that is masked, with its gaps. */
const ROOM_FOR_NUMBER = 64;
const NAMES =
  "passw(?:or)?d|passphrase|passcode|pass(?!\\p{L})|pwd|парол\\p{L}{1,3}|token|токен\\p{L}{0,2}|secret|секрет\\p{L}{0,2}|api[ _-]?key|authorization|proxy-auth";
const SCHEME = "(?:(?:bearer|basic|digest|negotiate|ntlm|token)[ \\t]{1,5})?";
const SETTING = "[\\p{L}_][\\p{L}\\d ._-]{0,40}[\"']?[:=]";
/** To the quote that ends it, also as JSON within JSON has it; in a connection string to the next setting; else to a gap. */
const VALUE = [
  `(?<=\\\\["'])[^"'\\\\\\n]*`,
  `(?<=")${SCHEME}(?:[^"\\\\\\n]|\\\\.)*`,
  `(?<=')${SCHEME}(?:[^'\\\\\\n]|\\\\.)*`,
  `(?<==[ \\t]?)[^;"'\\n]{1,128}(?=;[ \\t]{0,3}(?:${SETTING}|$|["']))`,
  `${SCHEME}(?:[^\\s;,&"'<>)}\\]]|[,&)}\\]](?!["'\\s,)}\\]{[]|$|${SETTING}))+`,
].join("|");
/** `password=x`, `"accessToken": "x"`, `Пароль: x`, `<pwd>x</pwd>`, `Authorization: Basic x`, `Pwd=x y;Server=…`. */
const NAMED = new RegExp(
  `(?<name>(?:${NAMES})[\\w-]{0,20}(?:\\\\{0,3}["'])?[ \\t]{0,5}(?::=|=>|[:=>])[ \\t]{0,5}(?:\\\\{0,3}["'])?)(?:${VALUE})`,
  "giu",
);
/** Without a sign in between only what looks like none of the words of a sentence. */
const SAID = new RegExp(
  `(?<name>(?<!\\p{L})(?:${NAMES})[ \\t]{1,3}["'«]?)(?=[^\\s"'»]{0,64}\\d)[^\\s;,&"'»<>)}\\]]{4,}`,
  "giu",
);
const OF_SCHEME =
  /(?<name>(?<!\p{L})(?:[Bb]earer|BEARER|[Bb]asic|BASIC) {1,3})(?!\p{Lu}?\p{Ll}*(?![\w+/=.~-]))[\w+/=.~-]{6,}/gu;
const IN_ADDRESS = /(?<name>:\/\/[^\s:@/]{1,64}:)[^\s@/]{1,128}(?=@)/gu;

/** Replaces passwords, tokens and keys by `•••`. @param known are secrets wherever they stand. */
export function maskSecrets(text: string, known: readonly string[] = []): string {
  const masked = known.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
  return [NAMED, SAID, OF_SCHEME, IN_ADDRESS].reduce(
    (rest, pattern) => rest.replace(pattern, `$<name>${MASK}`),
    masked,
  );
}

/** A text of a log without secrets, guests and their names. @param known are secrets wherever they stand. */
export function maskLogText(text: string, known: readonly string[] = []): string {
  return maskNames(maskGuestData(maskSecrets(text, known)));
}

/** The start of such a text, masked also at the cut; takes time in proportion to `maxLength`. */
export function maskedStart(text: string, maxLength: number): string {
  return maskLogText(cutBetweenNumbers(text, maxLength + ROOM_FOR_NUMBER)).slice(0, maxLength);
}
