export const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below this an age is shown in steps, so that what is polled every minute does not change with every poll. */
export const EXACT_FROM_MS = 10 * MINUTE_MS;
const FIRST_STEP_MS = 2 * MINUTE_MS;
/** From here on hours say nothing more. */
const ONLY_DAYS_FROM = 7;

/**
 * The words of one language.
 * @typedef {{
 *   language: string,
 *   steps: [string, string],
 *   lessThanMinute: string,
 *   day: Partial<Record<Intl.LDMLPluralRule, string>>,
 *   hour: string,
 *   minute: string,
 * }} AgeWords
 */

/**
 * Says how long ago something was: «меньше 2 мин», «меньше 10 мин», «2 ч 41 мин», «3 дня 4 ч».
 * @param {number} ageMs
 * @param {AgeWords} words
 * @returns {string}
 */
export function formatAge(ageMs, words) {
  if (ageMs < FIRST_STEP_MS) return words.steps[0];
  if (ageMs < EXACT_FROM_MS) return words.steps[1];
  return formatDuration(ageMs, words);
}

/**
 * Says how long something has lasted: «только что», «5 мин», «2 ч 41 мин», «3 дня 4 ч», «12 дней».
 * @param {number} ms
 * @param {AgeWords} words
 * @returns {string}
 */
export function formatDuration(ms, words) {
  if (ms < MINUTE_MS) return words.lessThanMinute;
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const texts = [];
  if (days > 0)
    texts.push(`${days}\u00A0${words.day[pluralRules(words.language).select(days)] ?? words.day.other}`);
  if (hours > 0 && days < ONLY_DAYS_FROM) texts.push(`${hours}\u00A0${words.hour}`);
  if (minutes > 0 && days === 0) texts.push(`${minutes}\u00A0${words.minute}`);
  return texts.join(" ");
}

/** @type {Map<string, Intl.PluralRules>} */
const rulesByLanguage = new Map();

/** @param {string} language */
function pluralRules(language) {
  const rules = rulesByLanguage.get(language) ?? new Intl.PluralRules(language);
  rulesByLanguage.set(language, rules);
  return rules;
}
