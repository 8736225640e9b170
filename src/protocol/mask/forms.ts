import { compile } from "./compile.ts";
import data from "./forms.json" with { type: "json" };
import { MASK } from "./masked.ts";

type Groups = Record<string, string | undefined>;
type Shown = string | ((...found: unknown[]) => string);

/** What is left of a value, by the kind of its form. */
const SHOWN: Record<string, Shown> = {
  russianPhone: "+7 $<code> •••-••-$<end>",
  phone: "+$<country> •••-••-$<end>",
  card: (number) => maskCard(String(number)),
  cardIfRight: (number) => (isCardNumber(String(number)) ? maskCard(String(number)) : String(number)),
  value: maskValue,
};

const FORMS = data.forms.map(({ as, may, isExact, patterns }) => ({
  may: may === undefined ? null : compile(may, "i", data.fragments),
  patterns: patterns.map((pattern) => compile(pattern, isExact ? "g" : "gi", data.fragments)),
  shown: SHOWN[as] ?? MASK,
}));
const RUSSIAN_PHONE = /^[78]?(?<code>[3-9]\d\d)\d{5}(?<end>\d\d)$/;
/** Times since 1970 in milliseconds or smaller units; .NET ticks; `20261124134210…`. */
const TIME_IN_DIGITS =
  /^1\d{12}$|^1\d{15}$|^1\d{18}$|^6[34]\d{16}$|^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d/;

/** Hides what shows by its form, or by the words before it. Phones and cards keep their last digits. */
export function maskForms(text: string): string {
  let masked = text;
  for (const { may, patterns, shown } of FORMS) {
    if (may !== null && !may.test(masked)) continue;
    for (const pattern of patterns) masked = masked.replace(pattern, shown as () => string);
  }
  return masked;
}

/** @param number all of a field's value. */
export function maskPhone(number: string): string {
  const { code, end } = RUSSIAN_PHONE.exec(number.replace(/%2B|\D/gi, ""))?.groups ?? {};
  if (code !== undefined) return `+7 ${code} •••-••-${end}`;
  const masked = maskForms(number);
  return masked === number ? MASK : masked;
}

/** @param number a card, or what a program calls one. */
export function maskCard(number: string): string {
  const digits = number.replace(/\D/g, "");
  return digits.length < 12 ? MASK : `•••• ${digits.slice(-4)}`;
}

/** Keeps the group `name`, hides the group `value` or all the rest; keeps line breaks. */
function maskValue(...found: unknown[]): string {
  const whole = String(found[0]);
  const last = found.at(-1);
  const { name = "", value = whole.slice(name.length) } = typeof last === "object" ? (last as Groups) : {};
  const breaks = value.match(/\n/g) ?? [];
  return whole.slice(0, whole.lastIndexOf(value)) + MASK + breaks.map((end) => end + MASK).join("");
}

/** By Luhn's formula; a time is none. */
function isCardNumber(digits: string): boolean {
  if (TIME_IN_DIGITS.test(digits)) return false;
  const values = [...digits].reverse().map((digit, index) => Number(digit) * (index % 2 === 0 ? 1 : 2));
  return values.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0;
}
