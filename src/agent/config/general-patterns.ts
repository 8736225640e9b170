import type { PatternLists } from "./log-patterns.ts";
import { UNSUCCESSFUL_PATTERNS } from "./unsuccessful-patterns.ts";

/** iikoFront's `[2019-04-05 14:58:52,546]`, with or without brackets, milliseconds or a `T`. */
const TIMESTAMP =
  "^\\[?(?<year>\\d{4})-(?<month>\\d{2})-(?<day>\\d{2})[ T]" +
  "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})(?:[.,](?<millisecond>\\d{1,3}))?";

const EXCHANGE_RU = "(?:обмен|синхрониз)\\p{L}*";
const EXCHANGE_EN = "(?:exchang|sync)\\p{L}*";
const EXCHANGE = `(?:${EXCHANGE_RU}|${EXCHANGE_EN})`;
const MESSAGE = "(?<message>[^\\s\\d—–-].*)";
const ERROR_RU =
  "(?:ошибк|сбой|сбоем|исключени|неудач|не\\s?удал|прерван|прервал|отклон|отказ|сорва|провал|упал|аварийн|исчерпан|откат|" +
  "невозмож|недоступ|неуспе|не\\s(?:успе|заверш|выполн|законч|прош|состоя|принят|ответ))\\p{L}*";
const ERROR_EN =
  "(?:fail|error|exception|abort|reject|refus|interrupt|crash|unsuccess|unable|unreachable|impossible|incomplete|exhausted|" +
  "timed out|gave up|given up|rolled back|broken off|cannot|could not|couldn't|did not respond|" +
  "(?:not|n't) (?:yet )?(?:been )?(?:finish|complet|succe|done|perform|accept|ok\\b))\\p{L}*";
/** What ended, not that something ends («завершается») or how it does («завершение»). */
const ENDED_RU = "(?:заверш(?:[её]н(?:[аоы]|\\P{L}|$)|ил)|законч(?:ен(?:[аоы]|\\P{L}|$)|ил))";
const FINISHED_RU = `(?:успеш|успех|${ENDED_RU}|(?:выполн|оконч)ен(?:[аоы]|\\P{L}|$)|прош[её]л|прошла|состоял)`;
const FINISHED_EN =
  "\\b(?:success|succeeded|successful|successfully|complete|completed|committed|finished|done|ok)\\b";
const BEGAN_RU = "(?:начат|начал|начин|запущен|запуск|старт|инициир|инициализ|попытк|открыт|выполняется)";
const BEGAN_EN = "(?:start|begin|began|begun|launch|initiat|trying|attempt|retrying|opened)";
/** No number goes on with it, and no hexadecimal code begins with it. */
const EXACTLY_ZERO = "0(?:$|[^\\d\\p{L}.,]|[.,](?:$|\\D))";
const LEVEL_OF_ERROR = "\\b(?:ERROR|FATAL)\\s+\\[";
/** What else is exchanged or synchronized. */
const OTHER_THING_EN =
  "(?:till|cash|printer|terminal|fiscal|scale|bank|clock|time|licen[cs]e|menu|image|picture|cache|log|setting|user|file|table|till)\\p{L}*";
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
  succeeded: [
    `${EXCHANGE_RU}.*(?:${FINISHED_RU}|${FINISHED_EN})`,
    `(?:успешн|${ENDED_RU}).*${EXCHANGE_RU}`,
    "(?:синхрониз)ирован\\p{L}*\\s+с\\s+(?:главн|центральн|удал[её]нн)\\p{L}*\\s+сервер",
    `${EXCHANGE_EN}.*(?:${FINISHED_EN}|${FINISHED_RU})`,
    `\\b(?:successful|successfully|completed|finished|done)\\b.*${EXCHANGE_EN}`,
    "(?:sync)hroni[sz]ed\\s+with\\s+(?:the\\s+)?(?:main|central|remote)\\s+server",
  ],
  unsuccessful: UNSUCCESSFUL_PATTERNS,
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
    // Nothing went wrong.
    "(?:^|\\P{L})(?:без|нет|no|without)\\s+(?:any\\s+)?(?:ошиб|сбо|error|fail|exception)\\p{L}*",
    `(?:ошиб(?:ок|ки)|сбоев|errors|error\\s+count|failed|failures?|exceptions?)[^\\p{L}\\d[\\]]{0,3}${EXACTLY_ZERO}`,
    `error["']?\\s*[:=]\\s*${EXACTLY_ZERO}`,
    "(?<![\\d.,])0\\s+(?:ошиб|сбо|error|fail|exception)\\p{L}*",
    "(?:ошиб(?:ок|ки)|errors?|failures?|exceptions?)[\"']?\\s*(?:[:=—–-]\\s*)?(?:нет|none|null|\\[\\])\\s*(?:$|[^\\s\\p{L}\\d])",
    // Another time, or another condition.
    "\\b(?:last|previous|next)\\s.*",
    "(?:^|\\P{L})(?:последн|предыдущ|следующ)\\p{L}*\\s.*",
    "\\b(?:await|wait|until|before)\\p{L}*.*",
    "(?:^|\\P{L})(?:ожида|жд[её]|перед\\s|прежде\\s|до\\s+(?:заверш|окончан|конц|начал))\\p{L}*.*",
    "\\b(?:to|should|must|may|can)\\s+(?:be\\s+)?(?:finish|complet|succe|done|start|beg[iu]n)\\p{L}*",
    "\\b(?:will|if)\\s.*",
    "(?:^|\\P{L})(?:будет|если|чтобы|когда|пока)\\s.*",
    // A part, a plan, a sum.
    "\\d+(?:[.,]\\d+)?\\s*%.*",
    "(?:^|\\P{L})(?:step|stage|phase|шаг|этап|фаза)\\p{L}{0,2}\\s.*",
    "\\b(?:settings|config(?:uration)?|options|parameters)\\s*[:=].*",
    "(?:^|\\P{L})(?:параметры|настройки|конфигурация)\\P{L}.*",
    "\\bstatistic\\p{L}*.*|\\bper\\s+(?:hour|day)\\P{L}.*|\\bfor\\s+(?:the\\s+)?\\d+\\s*h\\P{L}.*",
    "(?:статистик\\p{L}*|за\\s+(?:сутки|день|час|смену))\\P{L}.*",
    // Names of other things.
    "«[^»]*»|“[^”]*”|\"[^\"]*\"|'[^']*'",
    // Another exchange, or another meaning of the word.
    "\\p{L}*async\\p{L}*",
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
