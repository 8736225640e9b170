import i18next, { type FormatterModule, type TFunction } from "i18next";
import { en, ru } from "../translations/catalogs.ts";
import enCommon from "../translations/en/common.json" with { type: "json" };
import ruCommon from "../translations/ru/common.json" with { type: "json" };

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const DEFAULT_LANGUAGE: Language = "ru";

/** The words of ages, which the browser's script uses too. */
export const AGE_WORDS = { ru: ruCommon.age, en: enCommon.age };

/** Every number within a text is written as everywhere else: «1 000», "1,000". */
const NUMBERS = { ru: new Intl.NumberFormat("ru"), en: new Intl.NumberFormat("en") };

const numberFormatter: FormatterModule = {
  type: "formatter",
  init() {},
  add() {},
  addCached() {},
  format: (value: unknown, _format, language): string =>
    // Whatever else is interpolated is text already.
    typeof value === "number" && isLanguage(language) ? NUMBERS[language].format(value) : (value as string),
};

const translations = i18next.createInstance().use(numberFormatter);
void translations.init({
  lng: DEFAULT_LANGUAGE,
  fallbackLng: false,
  resources: { ru: { translation: ru }, en: { translation: en } },
  interpolation: { escapeValue: false, alwaysFormat: true },
  returnNull: false,
  returnedObjectHandler: (key) => key,
  initAsync: false,
});

/** The translation function of a language. Its results are text: templates escape them. */
export function translator(language: Language): TFunction {
  return translations.getFixedT(language);
}

/** Makes a missing text an error, for development and tests; otherwise people see its key. */
export function refuseUnknownTexts(): void {
  const refuse = (key: string) => {
    throw new Error(`There is no text ${key}`);
  };
  Object.assign(translations.options, { parseMissingKeyHandler: refuse, returnedObjectHandler: refuse });
}

/** The languages as the options of a select, each in its own words. */
export function languageOptions(t: TFunction, chosen: string) {
  return LANGUAGES.map((value) => ({
    value,
    text: t(`languageName.${value}`),
    isChosen: value === chosen,
  }));
}

export function isLanguage(text: unknown): text is Language {
  return LANGUAGES.some((language) => language === text);
}
