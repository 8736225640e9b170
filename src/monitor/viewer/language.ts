import { en, ru } from "../translations/catalogs.ts";
import enCommon from "../translations/en/common.json" with { type: "json" };
import ruCommon from "../translations/ru/common.json" with { type: "json" };

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const DEFAULT_LANGUAGE: Language = "ru";

/** The words of ages, which the browser's script uses too. */
export const AGE_WORDS = { ru: ruCommon.age, en: enCommon.age };

/**
 * The text of a key such as `list.found`, with `{{values}}` filled in; numbers are written «1 000», "1,000". With a
 * whole `count`, the form for it: `list.found_one`, `_few`, `_many` or `_other`, else what serves all others: `list.found`.
 * Text only: templates escape it.
 */
export type Translate = (key: string, values?: object) => string;

const CATALOGS = { ru: flatten(ru), en: flatten(en) };
const TRANSLATORS = { ru: makeTranslator("ru"), en: makeTranslator("en") };
let isUnknownRefused = false;

export function translator(language: Language): Translate {
  return TRANSLATORS[language];
}

/** Whether the catalogs have a text. */
export function hasText(key: string): boolean {
  return CATALOGS.ru.has(key);
}

/** The texts of the freshness, as JSON for a script of the browser. */
export function freshnessTexts(language: Language): string {
  return JSON.stringify({ ru, en }[language].freshness);
}

/** Makes a missing text an error, for tests; otherwise people see its key. */
export function refuseUnknownTexts(): void {
  isUnknownRefused = true;
}

function makeTranslator(language: Language): Translate {
  const texts = CATALOGS[language];
  const plurals = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const written = (value: unknown) =>
    typeof value === "number" ? numbers.format(value) : String(value ?? "");

  return (key, values = {}) => {
    const given = values as Record<string, unknown>;
    const form = typeof given.count === "number" ? plurals.select(given.count) : null;
    const text = (form && texts.get(`${key}_${form}`)) ?? texts.get(key);
    if (text === undefined) return refuse(key, `There is no text ${key}`);
    if (!text.includes("{{")) return text;
    return text.replaceAll(/\{\{(\w+)\}\}/g, (blank, name) =>
      name in given ? written(given[name]) : refuse(blank, `The text ${key} is not given ${name}`),
    );
  };
}

/** @returns what people see instead. @throws Error once unknown texts are refused. */
function refuse(instead: string, problem: string): string {
  if (isUnknownRefused) throw new Error(problem);
  return instead;
}

function flatten(catalog: object): Map<string, string> {
  const entries = Object.entries(catalog).flatMap(([key, value]): [string, string][] =>
    typeof value === "string"
      ? [[key, value]]
      : [...flatten(value)].map(([rest, text]) => [`${key}.${rest}`, text]),
  );
  return new Map(entries);
}

export function languageChoices(t: Translate) {
  return LANGUAGES.map((language) => [language, t(`languageName.${language}`)] as const);
}

export function isLanguage(text: unknown): text is Language {
  return LANGUAGES.some((language) => language === text);
}
