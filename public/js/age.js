const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Below this an age is shown in steps, so that what is polled every minute does not change with every poll. */
export const EXACT_FROM_MS = 10 * MINUTE_MS;
const FIRST_STEP_MS = 2 * MINUTE_MS;

/**
 * The words of one language: `{days}`, `{hours}`, `{minutes}` are replaced by numbers with their unit.
 * @typedef {{
 *   language: string,
 *   steps: [string, string],
 *   minutesAgo: string,
 *   hoursAgo: string,
 *   daysAgo: string,
 *   day: Partial<Record<Intl.LDMLPluralRule, string>>,
 *   hour: string,
 *   minute: string,
 * }} AgeWords
 */

/**
 * Says how long ago something was: «меньше 2 мин назад», «меньше 10 мин назад», «2 ч 41 мин назад», «3 дня 4 ч назад».
 * @param {number} ageMs
 * @param {AgeWords} words
 * @returns {string}
 */
export function formatAge(ageMs, words) {
  if (ageMs < FIRST_STEP_MS) return words.steps[0];
  if (ageMs < EXACT_FROM_MS) return words.steps[1];
  const days = Math.floor(ageMs / DAY_MS);
  const hours = Math.floor((ageMs % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((ageMs % HOUR_MS) / MINUTE_MS);
  if (days > 0) return fill(words.daysAgo, days, hours, minutes, words);
  return fill(hours > 0 ? words.hoursAgo : words.minutesAgo, days, hours, minutes, words);
}

/**
 * @param {string} pattern
 * @param {number} days
 * @param {number} hours
 * @param {number} minutes
 * @param {AgeWords} words
 */
function fill(pattern, days, hours, minutes, words) {
  const day = words.day[pluralRules(words.language).select(days)] ?? words.day.other ?? "";
  return pattern
    .replace("{days}", `${days}\u00A0${day}`)
    .replace("{hours}", hours > 0 ? `${hours}\u00A0${words.hour}` : "")
    .replace("{minutes}", minutes > 0 ? `${minutes}\u00A0${words.minute}` : "")
    .replace(/ {2,}/g, " ");
}

/** @type {Map<string, Intl.PluralRules>} */
const rulesByLanguage = new Map();

/** @param {string} language */
function pluralRules(language) {
  const rules = rulesByLanguage.get(language) ?? new Intl.PluralRules(language);
  rulesByLanguage.set(language, rules);
  return rules;
}
