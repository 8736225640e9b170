import {
  ERROR_EN,
  ERROR_RU,
  EXCHANGE,
  EXCHANGE_EN,
  FINISHED,
  NOT_LETTER,
  QUOTED,
  TROUBLE,
} from "./exchange-words.ts";

const ENDED = `(?:${FINISHED}|синхронизирован[a-zа-яё]*|synchroni[sz]ed)`;
const SUCCESS =
  "(?:success|succe[es]d|complete|finish|done|ok|успе[шх]|выполнен|заверш|законч|окончен)[a-zа-яё]*";
const ENDS = "(?:$|[^a-zа-яё])";
const ENDS_CLAUSE = "\\s*(?:$|[,;)}\\]/>]|\\.(?:$|\\D))";
/** What an exchange consists of, or needs before it begins. */
const PART_RU =
  "(?:подготовк|готовност|инициализаци|запуск|планировани|служб|сервис|модул|поток|соединени|подключени|запрос|очеред|регистраци|" +
  "проверк|авторизаци|загрузк|выгрузк|отправк|передач|при[её]м|получени)(?:[a-zа-яё]?|[a-zа-яё]{2})";

const ORGANIZATION = "(?:organi[sz]ation|организаци[a-zа-яё]{1,2})";
/** What begins something else in quotes. */
const QUOTE = `(?<!${ORGANIZATION}\\s{1,2})["«“„‘‹\`]|(?<!${ORGANIZATION}\\s{1,2}|[a-zа-яё])'`;

/** Phrases of which a line must have none to tell of a success, whatever else it says but for what is harmless. */
export const UNSUCCESSFUL_PATTERNS = [
  // Something went wrong.
  `${ERROR_RU}|${ERROR_EN}|${NOT_LETTER}${TROUBLE}|[✗✘❌⚠]`,
  `${NOT_LETTER}(?:отмен|прерв|останов|пропущ|прекращ|отлож|приостан|предупрежд|замечан|конфликт|потеря|потерь|утеря|утрач|отброш|разорв|оборв|заблок|` +
    "занят|запре|ист[её]к|поврежд|испорч|завис|тайм-?\\s?аут|недостат|пуст(?:$|[^a-zа-яё]|о|ой|ым)|част(?:$|[^a-zа-яё]))",
  "\\b(?:cancel|terminat|stopp|skipp|suspend|postpon|abandon|conflict|disconnect|discard|dropp|denied|deny|forbid|unauthor|unavail|" +
    "expir|invalid|wrong|corrupt|broken|unexpect|abnormal|mismatch|missing|insufficient|unknown|unclear|bad\\b|unsent|timeout|time-out)",
  "\\b(?:lost|lose|loss|busy|locked|empty|warnings|too|pending|early|killed|crashed|closed\\s+by)\\b|\\bwith\\s+(?:an?\\s+)?warning",
  // In part, and not yet.
  `${NOT_LETTER}(?:частичн|неполн|полови|наполов|остал|отчасти|досрочн|преждевременн|безуспеш|никогда|почти|скоро|едва|вряд)[a-zа-яё]*`,
  "\\b(?:partial|partially|partly|prematurely|forcibly|half|halfway|left|remain[a-zа-яё]*|never|almost|nearly|soon|hardly|barely|far\\s+from|yet|to\\s+go)\\b",
  // Said with a "not".
  "\\bnot\\b|n['’]t\\b|\\b(?:no|none|neither|nor|nothing|nobody|without)\\b",
  `${NOT_LETTER}(?:не|ни|нет|нельзя|без)${ENDS}`,
  `${NOT_LETTER}не(?:отправ|переда|обраб|примен|полн|корр|штат|ожид|извест|ясн|верн|законч|заверш|выполн|готов|совпад|синхрон|согласов)`,
  `${SUCCESS}["']?\\s*[:=?([—–-]\\s*["']?(?:false|no|none|null|n/a|нет|ложь|0)["']?${ENDS_CLAUSE}`,
  `${SUCCESS}["']?(?:\\s*=\\s*|\\s+)0(?:$|[^\\d.,]|[.,](?:$|\\D))|(?<![\\d.,])0\\s+(?:success|succe[es]d|успешн)`,
  `${SUCCESS}["']?\\s*:\\s*0\\s+[a-zа-яё]+\\s*[:=]`,
  `${EXCHANGE}\\s*[:=]?\\s*0(?:$|[^\\d.,])`,
  // Not known, asked or expected.
  "\\?(?:$|[^a-zа-яё\\d])",
  `(?:^|[^a-zа-яё\\s]\\s*)(?:is|are|was|were|has|have|had|did|does)\\s+(?:the\\s+|our\\s+)?${EXCHANGE_EN}`,
  "\\b(?:if|whether|unless|assum[a-zа-яё]*|suppos[a-zа-яё]*|expect[a-zа-яё]*|presum[a-zа-яё]*|perhaps|maybe|probably|possibly|likely|unlikely|would|could|should|must|might)\\b",
  "\\b(?:may|can)\\s+(?:be|have)\\b|\\bgoing\\s+to\\b|\\babout\\s+to\\b|\\bok\\s+to\\b|\\b(?:handler|listener|subscri[a-zа-яё]*)\\b",
  `${NOT_LETTER}(?:если|ли|бы|чтобы|может|могло?|должн[a-zа-яё]*|долж[её]н|возможно|вероятно|наверн[a-zа-яё]*|кажется|якобы|видимо|считаем|предполага[a-zа-яё]*|` +
    `обработчик[a-zа-яё]*|подписчик[a-zа-яё]*)${ENDS}`,
  `\\b(?:warning|alert)\\s*:|\\bcritical\\b|${NOT_LETTER}внимание|\\b(?:simulat[a-zа-яё]*|mock|dry[ -]?run|test\\s*[\\]:)]|test\\s+${EXCHANGE_EN})|${NOT_LETTER}(?:тестов|пробн|учебн|имитаци)`,
  `\\b(?:ago|since|yesterday|need[a-zа-яё]*|requir[a-zа-яё]*|ready)\\b|${NOT_LETTER}(?:назад|давно|вчера|требу[a-zа-яё]*|нуж(?:ен|н[аоы])|готово\\s+к)${ENDS}`,
  // How it ended, in words that are not known to be good.
  `${ENDED}.*(?:status|state|result|outcome|reason|cause|статус|состояни|результат|причин)`,
  `(?:${EXCHANGE}|${ENDED}).*(?:[,;.(]\\s+|[,;(])[a-zа-яё]|${ENDED}\\.[a-zа-яё]`,
  `${ENDED}.*(?:[:—–[<>|*]\\s*|\\s-\\s+)["'«]?[a-zа-яё]`,
  `${NOT_LETTER}${ENDED}(?:[^a-zа-яё].*)?(?:[^\\sa-zа-яё\\d"'«»“”,.;([\\]/_-]\\s*|\\s[/_]\\s+)[a-zа-яё]`,
  // So many of what is not known.
  `${ENDED}.*(?:^|[^a-zа-яё\\d.,:])\\d[\\d.,:]*\\s+[a-zа-яё]`,
  // What was harmless has left a space of its own: it goes on with a word that is not.
  `${ENDED}.*\\s{2,}[a-zа-яё]`,
  `${ENDED}\\s+(?:(?:главн|центральн|удал[её]нн)[a-zа-яё]*\\s+)?сервером`,
  // Somebody else's words, but for the name of an organization.
  `${NOT_LETTER}${ENDED}(?:[^a-zа-яё"«“„‘‹\`](?:[^"«“„‘‹\`]|${ORGANIZATION}\\s+(?:${QUOTED}))*)?(?:${QUOTE})`,
  // What comes after it, or once more.
  `${ENDED}.*\\b(?:will|shall|to\\s+be|(?:await|wait|repeat|retr(?:y|i))[a-z]*|until|before|when|once|while|again|per)\\b`,
  `${ENDED}.*${NOT_LETTER}(?:буд(?:ет|ут)|(?:повтор|ожида|жд[её])[a-zа-яё]*|перед|прежде|пока|когда|снова|заново|до)${ENDS}`,
  // Codes but zero and those of HTTP that say that it went well.
  `(?:${NOT_LETTER}код(?:ом|а)?(?:\\s+[a-zа-яё]+)?|\\bcode|\\bexit(?:\\s+status)?)\\s*[:=#]?\\s*(?:-?[1-9]\\d?|-?[13-9]\\d\\d|-?[1-9]\\d{3,}|-\\d+|0x0*[1-9a-f][a-zа-яё]*)(?:$|\\D)`,
  `\\b(?:http(?:/[\\d.]+)?)\\s*[:=]?\\s*[3-5]\\d\\d\\b|\\bwith\\s+[3-5]\\d\\d${ENDS_CLAUSE}`,
  // Of so many, less than all of it.
  "\\d\\s*(?:[a-zа-яё]+\\s+)?(?:of|из|от)\\s+(?:\\d|them\\b|all\\b|них|всех)|\\d\\s+/\\s+\\d|[\\s:=(]-\\d",
  "(?:^|[\\s(\\[:])\\d+/\\d+(?:$|[\\s)\\].,;])",
  "(?<![\\d.,])\\d{1,2}(?:[.,]\\d+)?\\s*(?:%|percent|процент)",
  `${NOT_LETTER}(?:step|stage|phase|part|batch|chunk|portion|шаг|этап|фаз|част|порци)[a-zа-яё]{0,3}${ENDS}`,
  `\\b(?:exchanges|syncs|synchroni[sz]ations)\\b|${NOT_LETTER}(?:обменов|синхронизаций)${ENDS}`,
  // What belongs to an exchange, and is none.
  `${EXCHANGE_EN}\\s+server\\s*(?:[:,]|is\\b|was\\b|status|state|code)|${EXCHANGE_EN}\\s+server\\s*(?:$|\\s{2})`,
  `${NOT_LETTER}${PART_RU}\\s+(?:(?:к|для|перед|данных)\\s+)?${EXCHANGE}`,
  `${NOT_LETTER}после\\s+${EXCHANGE}|\\bafter\\s+(?:the\\s+)?${EXCHANGE}`,
];
