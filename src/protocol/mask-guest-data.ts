const SPACE = "[ \\t\\u00A0\\u2009\\u202F]";
const GAP = `(?:${SPACE}|-){0,2}`;
/** Before a number of its own: no digit or letter, no `12.`, `2026-`, `12:`, and no part of a GUID. */
const STARTS = "(?<![\\p{L}\\d])(?<!\\d[.,:/-])(?<![\\da-fA-F]-)";
const ENDS = "(?![\\p{L}\\d])(?![.,:/-]\\d)(?!-[\\da-fA-F]{4})";

const CODE = `${GAP}\\(?(?<code>[3-9]\\d\\d)\\)?`;
const SEVEN_DIGITS = `${GAP}\\d{3}${GAP}\\d\\d${GAP}(?<end>\\d\\d)`;
/** `+7…`, also as `%2B7…` in an address; `8…` and `7…`; without these only with brackets or after a word for a phone. */
const RUSSIAN_PHONES = [
  new RegExp(`(?:(?<![\\p{L}\\d])\\+|%2B)7${CODE}${SEVEN_DIGITS}(?!\\d)`, "giu"),
  new RegExp(`(?=[78])${STARTS}[78]${CODE}${SEVEN_DIGITS}${ENDS}`, "gu"),
  new RegExp(`(?<![\\p{L}\\d])\\((?<code>[3-9]\\d\\d)\\)${SEVEN_DIGITS}${ENDS}`, "gu"),
  new RegExp(
    `(?<=(?:phone|mobile|msisdn|тел|телефон\\p{L}*)["']?[ \\t.:=№"']{1,5})(?<code>9\\d\\d)${SEVEN_DIGITS}${ENDS}`,
    "giu",
  ),
];
const FOREIGN_PHONE = new RegExp(
  `(?:(?<![\\p{L}\\d])\\+|%2B)(?<country>[1-689]\\d\\d)(?:${GAP}[()]?\\d){3,10}${GAP}(?<end>\\d\\d)(?!\\d|[.,]\\d)`,
  "giu",
);

const CARD_IN_GROUPS = new RegExp(
  `(?=\\d{4}(?:${SPACE}|-))${STARTS}\\d{4}(?<gap>${SPACE}|-)\\d{4}\\k<gap>\\d{4}\\k<gap>\\d{1,4}(?:\\k<gap>\\d{1,3})?${ENDS}`,
  "gu",
);
const CARD_AFTER_ITS_WORD =
  /(?<=(?:карт\p{L}{0,3}|card_?(?:number|no)?|pan)["']?[ \t:=№#"']{1,5})\d{12,19}(?!\d)/giu;
const LONG_NUMBER = new RegExp(`(?=\\d{13})${STARTS}\\d{13,19}${ENDS}`, "gu");
/** Times since 1970 in milliseconds or smaller units; .NET ticks; `20261124134210…`. */
const TIME_IN_DIGITS =
  /^1\d{12}$|^1\d{15}$|^1\d{18}$|^6[34]\d{16}$|^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d/;

/** Ten digits in a row, gaps aside, that do not begin with a date. Most lines have none, and this test is cheap. */
const MAY_HOLD_GUEST_DATA = /(?<!\d)(?!20\d\d-\d\d-\d\d[ T])\d(?:[^\p{L}\d,.:;/]{0,3}\d){9}/u;

/** A number that a cut may have halved could be any phone or card, so it is dropped. */
const HALVED_NUMBER = /[\d\s()+*-]{1,40}$/;

/** Stands for each masked digit. */
export const MASK_SIGN = "•";
/** A phone (the group) or a card as `maskGuestData` leaves it. */
export const MASKED_NUMBER = /(?<phone>\+\d{1,3}(?: \d{3})? •{3}-••-\d\d)|•{4} \d{1,4}/gu;

/**
 * Leaves `+7 916 •••-••-67` or `•••• 1234`. A number without gaps is a card if its check digit is right or a word says so.
 * Dates, times, GUIDs, versions, addresses and amounts stay.
 */
export function maskGuestData(text: string): string {
  if (!MAY_HOLD_GUEST_DATA.test(text)) return text;
  let masked = text
    .replace(CARD_IN_GROUPS, maskCard)
    .replace(CARD_AFTER_ITS_WORD, maskCard)
    .replace(LONG_NUMBER, (number) => (isCardNumber(number) ? maskCard(number) : number));
  for (const phone of RUSSIAN_PHONES) masked = masked.replace(phone, "+7 $<code> •••-••-$<end>");
  return masked.replace(FOREIGN_PHONE, "+$<country> •••-••-$<end>");
}

const NAME = "\\p{Lu}\\p{Ll}+(?:-\\p{Lu}\\p{Ll}+)?";
/** Russian names with a patronymic or initials, and any name after a word for a guest. */
const NAMES = new RegExp(
  [
    `(?<!\\p{L})${NAME} (?:${NAME} )?\\p{Lu}\\p{Ll}*(?:[оеь]?вич(?:а|у|ем|е)?|[оеь]?вн(?:а|ы|е|у|ой)|ичн(?:а|ы|е|у|ой)|ьич(?:а|у|ём|е)?)(?: ${NAME})?(?!\\p{L})`,
    `(?<!\\p{L})${NAME} \\p{Lu}\\. ?\\p{Lu}\\.`,
    `(?<=(?:[Гг]ост\\p{L}{0,3}|[Кк]лиент\\p{L}{0,3}|[Gg]uest|[Cc]ustomer|[Cc]lient|\\b[Ff]irst|\\b[Ll]ast|\\b[Nn]ame)(?: |=|: ))${NAME}(?: ${NAME}){0,2}`,
  ].join("|"),
  "gu",
);

/** Replaces recognizable names of people by «…». */
export function maskNames(text: string): string {
  return text.replace(NAMES, "«…»");
}

/** Cuts a text without leaving half a number at its end. */
export function cutBetweenNumbers(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : withoutHalvedNumber(text.slice(0, maxLength));
}

/** For a text that was cut. */
export function withoutHalvedNumber(text: string): string {
  return text.replace(HALVED_NUMBER, "");
}

function maskCard(number: string): string {
  return `•••• ${number.replace(/\D/g, "").slice(-4)}`;
}

function isCardNumber(digits: string): boolean {
  return !TIME_IN_DIGITS.test(digits) && hasRightCheckDigit(digits);
}

/** Luhn's formula. */
function hasRightCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
