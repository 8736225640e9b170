import type { PatternLists } from "./log-patterns.ts";

/** iikoFront's `[2019-04-05 14:58:52,546]`, with or without brackets, milliseconds or a `T`. */
const TIMESTAMP =
  "^\\[?(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})[ T]" +
  "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})(?:[.,](?<millisecond>\\d{1,3}))?";

const EXCHANGE_RU = "(?:обмен|синхрониз)\\p{L}*";
const EXCHANGE_EN = "(?:exchang|sync)\\p{L}*";
const EXCHANGE = `(?:${EXCHANGE_RU}|${EXCHANGE_EN})`;
const MESSAGE = "(?<message>[^\\s\\d—–-].*)";
const ERROR_RU =
  "(?:ошибк|сбой|сбоем|неудач|не удал|прерван|отклон|не заверш|не выполн|не прош|неуспе|не успе|невозмож)\\p{L}*";
const ERROR_EN =
  "(?:fail|error|abort|reject|unsuccess|unable|incomplete|timed out|cannot|could not|couldn't|exception|" +
  "(?:not|n't) (?:yet )?(?:been )?(?:finish|complet|succe|done))\\p{L}*";
const NOT_FINISHED_RU = "(?:не|ещё не|еще не)\\s+(?:успеш|заверш|выполн|законч|оконч)";
const FINISHED_EN = "\\b(?:success|succeeded|successful|successfully|complete|completed|finished|done|ok)\\b";
const BEGAN_EN = "(?:start|begin|began|begun|launch|initiat)";
const BEGAN_RU = "(?:начат|начал|начин|запущен|запуск|старт)";
const LEVEL_OF_ERROR = "\\b(?:ERROR|FATAL)\\s+\\[";

/**
 * What "an exchange began, succeeded, failed" looks like when nothing else says it: general Russian and English phrases,
 * since the real wording of iikoCard5 is not documented; `--check` shows what they match.
 */
export const GENERAL_PATTERNS = {
  timestamp: TIMESTAMP,
  attempted: [
    `${EXCHANGE_RU}.*${BEGAN_RU}`,
    `${BEGAN_RU}\\p{L}*.*${EXCHANGE_RU}`,
    `${EXCHANGE_EN}.*${BEGAN_EN}`,
    `${BEGAN_EN}\\p{L}*.*${EXCHANGE_EN}`,
  ],
  succeeded: [
    `${EXCHANGE_RU}.*(?:успеш|заверш|выполнен|законч|окончен|прош[её]л|прошла)`,
    `(?:успешн|заверш|законч)\\p{L}*.*${EXCHANGE_RU}`,
    `${EXCHANGE_EN}.*${FINISHED_EN}`,
    `\\b(?:successful|successfully|completed|finished)\\b.*${EXCHANGE_EN}`,
  ],
  failed: [
    `${EXCHANGE_RU}.*?${ERROR_RU}\\s*(?:[:—–]|-\\s)\\s*${MESSAGE}`,
    `${ERROR_RU}\\s+(?:при\\s+|во время\\s+)?${EXCHANGE_RU}.*?(?:[—–]|:\\s)\\s*${MESSAGE}`,
    `${EXCHANGE_EN}.*?${ERROR_EN}\\s*(?:[—–]|:\\s|-\\s)\\s*${MESSAGE}`,
    `\\b${ERROR_EN}\\s(?:[\\p{L}\\s]*\\s)?${EXCHANGE_EN}.*?(?:[—–]|:\\s)\\s*${MESSAGE}`,
    // What is logged as an error by a class or about something that is called so.
    `${LEVEL_OF_ERROR}.*${EXCHANGE}[^\\]]*\\]\\s*(?:[—–-]\\s+)?${MESSAGE}`,
    `${LEVEL_OF_ERROR}[^\\]]*\\]\\s*(?:\\[[^\\]]*\\]\\s*)?[—–-]\\s+(?<message>.*${EXCHANGE}.*)`,
    `(?<message>не удал\\p{L}*.*?${EXCHANGE_RU}.*)`,
    `(?<message>${EXCHANGE_RU}.*?${ERROR_RU}.*)`,
    `(?<message>${ERROR_RU}\\s+(?:при\\s+|во время\\s+)?${EXCHANGE_RU}.*)`,
    `(?<message>${EXCHANGE_RU}.*?ошибок\\P{L}{0,3}[1-9].*)`,
    `(?<message>${EXCHANGE_RU}.*?[1-9]\\s+ошиб.*)`,
    `(?<message>${EXCHANGE_RU}.*?${NOT_FINISHED_RU}.*)`,
    `(?<message>${EXCHANGE_EN}.*?${ERROR_EN}.*)`,
    `(?<message>\\b${ERROR_EN}\\s(?:[\\p{L}\\s]*\\s)?${EXCHANGE_EN}.*)`,
  ],
  excluded: [
    // Nothing went wrong.
    "(?:без|нет|no|without)\\s+(?:any\\s+)?(?:ошиб|сбо|error|fail|exception)\\p{L}*",
    "(?:ошибок|errors?|failed|failures?|exceptions?)\\P{L}{0,3}0\\b",
    "\\b0\\s+(?:ошиб|error|fail|exception)\\p{L}*",
    // Another time.
    "\\b(?:last|previous|next)\\s.*",
    "(?:^|\\P{L})(?:последн|предыдущ|следующ)\\p{L}*\\s.*",
    "\\b(?:await|wait|until|before)\\p{L}*.*",
    "(?:^|\\P{L})(?:ожида|жд[её]|перед\\s|прежде\\s|до\\s+(?:заверш|окончан|конц|начал))\\p{L}*.*",
    "\\b(?:to|will|if|should|must|may|can)\\s+(?:be\\s+)?(?:finish|complet|succe|done|start|beg[iu]n)\\p{L}*",
    "(?:^|\\P{L})(?:будет|если|чтобы|когда|пока)\\s.*",
    "\\d+(?:[.,]\\d+)?\\s*%.*",
    // Another exchange, or another meaning of the word.
    "\\p{L}*async\\p{L}*",
    "synchronous\\p{L}*|synchronizationcontext|syncroot",
    "(?:time|clock|врем\\p{L}*|час(?:ов|ы))\\s+(?:exchang|sync|обмен|синхрониз)\\p{L}*",
    "(?:обмен|синхрониз)\\p{L}*\\s+(?:времен|часов|часы|ключ|валют)\\p{L}*",
    "\\b(?:key|stock|mail|ms|microsoft)\\s+exchang\\p{L}*|exchange\\s+rates?",
    "(?:exchang|sync)\\p{L}*\\s+(?:with|of)\\s+(?:the\\s+)?(?:till|cash|printer|terminal|fiscal|scale|bank|clock|time)\\p{L}*",
    "(?:обмен|синхрониз)\\p{L}*\\s+(?:данными\\s+)?со?\\s+(?:касс|ккт|ккм|фр\\s|фиск|офд|принтер|весами|терминал|банк|егаис)\\p{L}*",
    // Where an exception came from.
    "^\\s+(?:at|в)\\s+\\S.*",
  ],
} satisfies PatternLists;
