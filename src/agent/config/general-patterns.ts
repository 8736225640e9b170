import { ERROR_EN, ERROR_RU, EXCHANGE, EXCHANGE_EN, EXCHANGE_RU } from "./exchange-words.ts";
import { HARMLESS_PATTERNS, NO_TROUBLE_PATTERNS } from "./harmless-patterns.ts";
import type { PatternLists } from "./log-patterns.ts";
import { SUCCESSFUL_PATTERNS } from "./successful-patterns.ts";
import { UNSUCCESSFUL_PATTERNS } from "./unsuccessful-patterns.ts";

/** iikoFront's `[2019-04-05 14:58:52,546]`, with or without brackets, milliseconds or a `T`. */
const TIMESTAMP =
  "^\\[?(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})[ T]" +
  "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})(?:[.,](?<millisecond>\\d{1,3}))?";

const MESSAGE = "(?<message>[^\\s\\d—–-].*)";
const BEGAN_RU = "(?:начат|начал|начин|запущен|запуск|старт|инициир|инициализ|попытк|открыт|выполняется)";
const BEGAN_EN = "(?:start|begin|began|begun|launch|initiat|trying|attempt|retrying|opened)";
const LEVEL_OF_ERROR = "\\b(?:ERROR|FATAL)\\s+\\[";
/** What else is exchanged or synchronized. */
const OTHER_THING_EN =
  "(?:till|ntp|cash|printer|terminal|fiscal|scale|bank|clock|time\\b|licen[cs]e|menu|image|picture|cache|log|setting|user|file|table)\\p{L}*";
const OTHER_THING_RU =
  "(?:касс|ккт|ккм|фискал|офд|принтер|весов|весами|терминал|банк|егаис|времени|часов|часы|часами|ключ|валют|лиценз|меню|картин|изображ|к[эе]ш|" +
  "логов|журнал|настро|пользовател|файл)\\p{L}*";

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
  succeeded: SUCCESSFUL_PATTERNS,
  unsuccessful: UNSUCCESSFUL_PATTERNS,
  harmless: HARMLESS_PATTERNS,
  failed: [
    `${EXCHANGE_RU}.*?${ERROR_RU}\\s*(?:[:—–]|-\\s)\\s*${MESSAGE}`,
    `${ERROR_RU}\\s+(?:при\\s+|во время\\s+)?${EXCHANGE_RU}.*?(?:[—–]|:\\s)\\s*${MESSAGE}`,
    `${EXCHANGE_EN}.*?${ERROR_EN}\\s*(?:[—–]|:\\s|-\\s)\\s*${MESSAGE}`,
    `\\b${ERROR_EN}\\s(?:[\\p{L}\\s]*\\s)?${EXCHANGE_EN}.*?(?:[—–]|:\\s)\\s*${MESSAGE}`,
    // What is logged as an error by a class or about something that is called so.
    `${LEVEL_OF_ERROR}.*${EXCHANGE}[^\\]]*\\]\\s*(?:[—–-]\\s+)?${MESSAGE}`,
    `${LEVEL_OF_ERROR}[^\\]]*\\]\\s*(?:\\[[^\\]]*\\]\\s*)?[—–-]\\s+(?<message>.*${EXCHANGE}.*)`,
    `(?<message>${EXCHANGE}.*?(?:${ERROR_RU}|${ERROR_EN}).*)`,
    `(?<message>${ERROR_RU}[^.;[\\]]*?${EXCHANGE}.*)`,
    `(?<message>\\b${ERROR_EN}[^.;[\\]]*?${EXCHANGE}.*)`,
    `(?<message>${EXCHANGE_RU}.*?(?:(?:ошибок|сбоев)\\P{L}{0,3}[1-9]|[1-9]\\d*\\s+(?:ошиб|сбо)).*)`,
  ],
  excluded: [
    ...NO_TROUBLE_PATTERNS,
    // Another time, or another condition.
    "\\b(?:last|previous|next)\\s.*",
    "(?:^|\\P{L})(?:последн|предыдущ|следующ)\\p{L}*\\s.*",
    "\\b(?:await|wait|until|before)\\p{L}*.*",
    "(?:^|\\P{L})(?:ожида|жд[её]|перед\\s|прежде\\s|до\\s+(?:заверш|окончан|конц|начал))\\p{L}*.*",
    "\\b(?:to|should|must|may|can)\\s+(?:be\\s+)?(?:finish|complet|succe|done|start|beg[iu]n)\\p{L}*",
    "\\b(?:will|if|when|once|unless)\\s.*",
    "(?:^|\\P{L})(?:будет|если|чтобы|когда|пока|как\\s+только|после\\s+того)\\s.*",
    // A part, a plan, a sum.
    "\\d+(?:[.,]\\d+)?\\s*%.*",
    "(?:^|\\P{L})(?:step|stage|phase|шаг|этап|фаза)\\p{L}{0,2}\\s.*",
    "\\b(?:settings|config(?:uration)?|options|parameters)\\s*[:=].*",
    "(?:^|\\P{L})(?:параметры|настройки|конфигурация)\\P{L}.*",
    "\\bstatistic\\p{L}*.*|\\bper\\s+(?:hour|day)\\P{L}.*|\\bfor\\s+(?:the\\s+)?\\d+\\s*h\\P{L}.*",
    "(?:статистик\\p{L}*|за\\s+(?:сутки|день|час|смену))\\P{L}.*",
    // Names of other things.
    "«[^»]*»|“[^”]*”|„[^“”]*[“”]|‘[^’]*’|`[^`]*`|\"[^\"]*(?:\"|$)|(?<!\\p{L})'[^']*'",
    // Another exchange, or another meaning of the word.
    "\\p{L}*async\\p{L}*|\\bfsync\\p{L}*",
    "synchronous\\p{L}*|synchronizationcontext|syncroot",
    `\\b${OTHER_THING_EN}\\s+(?:\\p{L}+\\s+)?(?:exchang|sync)\\p{L}*`,
    `(?:exchang|sync)\\p{L}*\\s+(?:(?:with|of)\\s+)?(?:the\\s+)?${OTHER_THING_EN}`,
    `${OTHER_THING_RU}\\s+(?:\\p{L}+\\s+)?(?:обмен|синхрониз)\\p{L}*`,
    `(?:обмен|синхрониз)\\p{L}*\\s+(?:данными\\s+)?(?:со?\\s+)?${OTHER_THING_RU}`,
    "\\b(?:key|stock|mail|ms|microsoft)\\s+exchang\\p{L}*|exchange\\s+rates?",
    // Where an exception came from.
    "^\\s+(?:at|в)\\s+\\S.*",
  ],
} satisfies PatternLists;
