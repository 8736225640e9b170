import { ERROR_EN, ERROR_RU, EXCHANGE, EXCHANGE_EN, FINISHED, NOT_LETTER } from "./exchange-words.ts";

const SUCCESS =
  "(?:success|succe[es]d|complete|finish|done|ok|успе[шх]|выполнен|заверш|законч|окончен)\\p{L}*";
const ENDS = "(?:$|\\P{L})";
const ENDS_CLAUSE = "\\s*(?:$|[,;.)}\\]/>])";
/** What an exchange consists of, or needs before it begins. */
const PART_RU =
  "(?:подготовк|готовност|инициализаци|запуск|планировани|служб|сервис|модул|поток|соединени|подключени|запрос|очеред|регистраци|" +
  "проверк|авторизаци|загрузк|выгрузк|отправк|передач|при[её]м|получени)(?:\\p{L}?|\\p{L}{2})";

/** Phrases of which a line must have none to tell of a success, whatever else it says but for what is harmless. */
export const UNSUCCESSFUL_PATTERNS = [
  // Something went wrong.
  `${ERROR_RU}|${ERROR_EN}`,
  `${NOT_LETTER}(?:отмен|прерв|останов|пропущ|прекращ|отлож|приостан|предупрежд|замечан|конфликт|потеря|потерь|утеря|утрач|отброш|разорв|оборв|заблок|` +
    "занят|запре|ист[её]к|поврежд|испорч|завис|тайм-?\\s?аут|недостат|пуст(?:$|\\P{L}|о|ой|ым)|част(?:$|\\P{L}))",
  "\\b(?:cancel|terminat|stopp|skipp|suspend|postpon|abandon|conflict|disconnect|discard|dropp|denied|deny|forbid|unauthor|unavail|" +
    "expir|invalid|wrong|corrupt|broken|unexpect|abnormal|mismatch|missing|insufficient|unknown|unclear|unsent|timeout|time-out)",
  "\\b(?:lost|lose|loss|busy|locked|empty|warnings|too|pending|early|killed|crashed|closed\\s+by)\\b|\\bwith\\s+(?:an?\\s+)?warning",
  // In part, and not yet.
  `${NOT_LETTER}(?:частичн|неполн|полови|наполов|остал|отчасти|досрочн|преждевременн|безуспеш|никогда|почти|скоро|едва|вряд)\\p{L}*`,
  "\\b(?:partial|partially|partly|prematurely|forcibly|half|halfway|left|remain\\p{L}*|never|almost|nearly|soon|hardly|barely|far\\s+from|yet)\\b",
  // Said with a "not".
  "\\bnot\\b|n['’]t\\b|\\b(?:no|none|neither|nor|nothing|nobody|without)\\b",
  `${NOT_LETTER}(?:не|ни|нет|нельзя|без)${ENDS}`,
  `${NOT_LETTER}не(?:отправ|переда|обраб|примен|полн|корр|штат|ожид|извест|ясн|верн|законч|заверш|выполн|готов|совпад|синхрон|согласов)`,
  `(?:,|;|\\s)\\s*(?:но|однако|кроме|but|however|except)\\s`,
  `${SUCCESS}["']?\\s*[:=?]\\s*["']?(?:false|no|none|null|n/a|нет|ложь|0)["']?${ENDS_CLAUSE}`,
  `${SUCCESS}["']?(?:\\s*=\\s*|\\s+)0(?:$|[^\\d.,]|[.,](?:$|\\D))|(?<![\\d.,])0\\s+(?:success|succe[es]d|успешн)`,
  `${SUCCESS}["']?\\s*:\\s*0\\s+\\p{L}+\\s*[:=]`,
  // Not known, asked or expected.
  "\\?(?:\\s|$)",
  `(?:^|[^\\p{L}\\s]\\s*)(?:is|are|was|were|has|have|had|did|does)\\s+(?:the\\s+|our\\s+)?${EXCHANGE_EN}`,
  "\\b(?:if|whether|unless|assum\\p{L}*|suppos\\p{L}*|expect\\p{L}*|presum\\p{L}*|perhaps|maybe|probably|possibly|likely|unlikely|would|could|should|must|might)\\b",
  "\\b(?:may|can)\\s+(?:be|have)\\b|\\bgoing\\s+to\\b|\\babout\\s+to\\b|\\bok\\s+to\\b|\\b(?:handler|listener|subscri\\p{L}*)\\b",
  `${NOT_LETTER}(?:если|ли|бы|чтобы|может|могло?|должн\\p{L}*|долж[её]н|возможно|вероятно|наверн\\p{L}*|кажется|якобы|видимо|считаем|предполага\\p{L}*|` +
    `обработчик\\p{L}*|подписчик\\p{L}*)${ENDS}`,
  `\\b(?:simulat\\p{L}*|mock|dry[ -]?run|test\\s*[\\]:)]|test\\s+${EXCHANGE_EN})|${NOT_LETTER}(?:тестов|пробн|учебн|имитаци)`,
  `\\b(?:ago|since|yesterday|need\\p{L}*|requir\\p{L}*|ready)\\b|${NOT_LETTER}(?:назад|давно|вчера|требу\\p{L}*|нуж(?:ен|н[аоы])|готово\\s+к)${ENDS}`,
  // How it ended, in words that are not known to be good.
  `${FINISHED}.*(?:status|state|result|outcome|reason|cause|статус|состояни|результат|причин)`,
  `(?:${EXCHANGE}|${FINISHED}).*(?:[,;.(]\\s+|\\()\\p{L}`,
  `${FINISHED}.*(?:[:—–[<>|*]\\s*|\\s-\\s+)["'«]?\\p{L}`,
  `${FINISHED}\\s+(?:(?:главн|центральн|удал[её]нн)\\p{L}*\\s+)?сервером`,
  // Codes but zero and those of HTTP that say that it went well.
  `(?:${NOT_LETTER}код(?:ом|а)?(?:\\s+\\p{L}+)?|\\bcode|\\bexit(?:\\s+status)?)\\s*[:=#]?\\s*(?:-?[1-9]\\d?|-?[13-9]\\d\\d|-?[1-9]\\d{3,}|-\\d+|0x0*[1-9a-f]\\p{L}*)(?:$|\\D)`,
  `\\b(?:http(?:/[\\d.]+)?)\\s*[:=]?\\s*[3-5]\\d\\d\\b|\\bwith\\s+[3-5]\\d\\d${ENDS_CLAUSE}`,
  // Of so many, less than all of it.
  "\\d\\s*(?:of|из)\\s+\\d",
  "(?:^|[\\s(\\[:])\\d+/\\d+(?:$|[\\s)\\].,;])",
  "(?<![\\d.,])\\d{1,2}(?:[.,]\\d+)?\\s*(?:%|percent|процент)",
  `${NOT_LETTER}(?:step|stage|phase|part|batch|chunk|portion|шаг|этап|фаз|част|порци)\\p{L}{0,3}${ENDS}`,
  "(?:successful|completed|finished)\\s+(?:exchang|sync)\\p{L}*s\\b",
  // What belongs to an exchange, and is none.
  `${NOT_LETTER}${PART_RU}\\s+(?:(?:к|для|перед|данных)\\s+)?${EXCHANGE}`,
  `${NOT_LETTER}${PART_RU}(?:\\s+\\p{L}+){0,2}\\s+(?:заверш|выполн|законч|окончен|прош|успеш)`,
  `${NOT_LETTER}после\\s+${EXCHANGE}|\\bafter\\s+(?:the\\s+)?${EXCHANGE}`,
];
