/** iikoFront's `[2019-04-05 14:58:52,546]`, with or without brackets, milliseconds or a `T`. */
export const DEFAULT_TIMESTAMP_PATTERN =
  "^\\[?(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})[ T]" +
  "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})(?:[.,](?<millisecond>\\d{1,3}))?";

const EXCHANGE_RU = "(?:обмен|синхронизаци)\\p{L}*";
const EXCHANGE_EN = "(?<!\\p{L})(?:sync(?:hroni[sz]ation|ing)?|data exchange|exchange with)(?!\\p{L})";
const NEAR = ".{0,100}?";
const ERROR_RU =
  "(?<!без )(?:ошибк|сбой|сбоем|неудач|не удал|прерван|отклон|не заверш|не выполн|неуспе|не успе)\\p{L}*";
const ERROR_EN = "(?<!no |without )(?:fail(?:ed|ure)?|error|aborted|rejected|unsuccessful(?:ly)?)(?!\\p{L})";
const SOME_ERRORS = "(?!.*(?:ошибок|errors)\\P{L}{0,3}[1-9])";

/**
 * What "an exchange began, succeeded, failed" looks like when nothing is configured. The real wording of iikoCard5
 * is not documented, so these are general Russian and English phrases; `--check` shows what they match.
 */
export const DEFAULT_EXCHANGE_PATTERNS = {
  attempted: [
    `${EXCHANGE_RU}${NEAR}(?:начат|начал|начин|запущен|запуск|старт)`,
    `(?:начат|начал|начин|запущен|запуск|старт)\\p{L}*${NEAR}${EXCHANGE_RU}`,
    `${EXCHANGE_EN}${NEAR}(?:start|begin|began|begun)`,
    `(?:start|begin|began)\\p{L}*${NEAR}${EXCHANGE_EN}`,
  ],
  succeeded: [
    `${SOME_ERRORS}${EXCHANGE_RU}${NEAR}(?:успеш|заверш|выполнен|законч|окончен)`,
    `${SOME_ERRORS}(?:успешн|заверш|законч)\\p{L}*${NEAR}${EXCHANGE_RU}`,
    `${SOME_ERRORS}${EXCHANGE_EN}${NEAR}(?:succe|complete|finished|done(?!\\p{L}))`,
    `${SOME_ERRORS}(?:successful|complete|finished)\\p{L}*${NEAR}${EXCHANGE_EN}`,
  ],
  failed: [
    `${EXCHANGE_RU}${NEAR}${ERROR_RU}\\s*[:—–-]\\s*(?<message>\\S.*)`,
    `${ERROR_RU}\\s+(?:при\\s+|во время\\s+)?${EXCHANGE_RU}[^:—–]{0,100}[:—–]\\s*(?<message>\\S.*)`,
    `(?<message>не удал\\p{L}*${NEAR}${EXCHANGE_RU}.*)`,
    `(?<message>${EXCHANGE_RU}${NEAR}${ERROR_RU}.*)`,
    `(?<message>${ERROR_RU}\\s+(?:при\\s+|во время\\s+)?${EXCHANGE_RU}.*)`,
    `(?<message>${EXCHANGE_RU}${NEAR}ошибок\\P{L}{0,3}[1-9].*)`,
    `${EXCHANGE_EN}${NEAR}${ERROR_EN}\\s*[:—–-]\\s*(?<message>\\S.*)`,
    `(?<message>${EXCHANGE_EN}${NEAR}${ERROR_EN}.*)`,
    `(?<message>${ERROR_EN}${NEAR}${EXCHANGE_EN}.*)`,
    `(?<message>${EXCHANGE_EN}${NEAR}errors\\P{L}{0,3}[1-9].*)`,
  ],
} as const;
