const EXCHANGE_RU = "(?:обмен|синхрониз)\\p{L}*";
const EXCHANGE_EN = "(?:exchang|sync)\\p{L}*";
const EXCHANGE = `(?:${EXCHANGE_RU}|${EXCHANGE_EN})`;
const SUCCESS =
  "(?:success|succe[es]d|complete|finish|done|ok|успе[шх]|выполнен|заверш|законч|окончен)\\p{L}*";
const NOT_LETTER = "(?:^|\\P{L})";
const ENDS = "(?:$|\\P{L})";
const ENDS_CLAUSE = "\\s*(?:$|[,;.)}\\]])";
/** What an exchange consists of, or needs before it begins. */
const PART_RU =
  "(?:подготовк|готовност|инициализаци|запуск|планировани|служб|сервис|модул|поток|соединени|подключени|запрос|очеред|регистраци|" +
  "проверк|авторизаци|загрузк|выгрузк|отправк|передач|при[её]м|получени)(?:\\p{L}?|\\p{L}{2})";
const PART_EN =
  "(?:service|thread|module|connection|initiali[sz]ation|preparation|request|queue|start(?:up)?|setup|worker|timer|scheduler|" +
  "download|upload|check|registration|handshake|authori[sz]ation)";
const DONE_BEFORE_RU =
  "(?:начат|запущ|старт|загруж|инициализ|подключ|установл|открыт|созда|зарегистр|настро|включ|останов|отмен|удал[её]н)\\p{L}*";
const DONE_BEFORE_EN =
  "(?:start|launch|load|initiali[sz]|connect|open|creat|regist|configur|schedul|request|establish|prepar|queu|enabl|disabl|stopp|cancel)\\p{L}*";
const GIVEN_UP_RU = "(?:отмен|прерв|останов|пропущ|прекращ|отлож|приостан)\\p{L}*";
const GIVEN_UP_EN = "(?:cancel|abort|terminat|stopp|skipp|suspend|postpon|abandon)\\p{L}*";

/** Phrases of which a line must have none to tell of a success, whatever else it says. */
export const UNSUCCESSFUL_PATTERNS = [
  // In part, and not yet.
  `${NOT_LETTER}(?:частичн|неполн|отчасти|досрочн|преждевременн|безуспеш|неудач|никогда|почти|скоро)\\p{L}*`,
  "\\b(?:partial|partially|partly|prematurely|forcibly|unsuccessful|unsuccessfully|never|almost|nearly|soon|incomplete)\\b",
  `без\\s+успех|по\\s+(?:тайм-?\\s?аут|истечени)|(?:заверш|законч|останов|окончен)\\p{L}*\\s+принудительн`,
  `тайм-?аут${ENDS_CLAUSE}|\\btime-?out${ENDS_CLAUSE}`,
  // Said with a "not".
  "\\bnot\\b|n['’]t\\b|\\bno\\s+(?:data\\s+(?:was|were|received)|answer|response|reply|connection)\\b",
  `${NOT_LETTER}не\\s+(?:был[аои]?\\s+)?(?:полност|до\\s|вс[её]|получ|отправ|передан|примен|сохран|загру|достав|подтвер|успе|удал|уда[её]т|смог|` +
    "заверш|законч|выполн|принят|готов|состоя)",
  `(?:,|;|\\s)\\s*(?:но|однако|кроме|but|however|except)\\s`,
  `${SUCCESS}["']?\\s*[:=?]\\s*["']?(?:false|no|none|null|нет|ложь|0)["']?${ENDS_CLAUSE}`,
  "\\?\\s*$",
  "(?<![\\d.,])0\\s+(?:success|succe[es]d|успешн)",
  // How it ended.
  `${EXCHANGE_RU}\\s+(?:был[аои]?\\s+)?${GIVEN_UP_RU}`,
  `${EXCHANGE_EN}\\s+(?:(?:is|was|got|has\\s+been)\\s+)?${GIVEN_UP_EN}`,
  `[:=(]\\s*(?:${GIVEN_UP_RU}|${GIVEN_UP_EN}|част)`,
  "(?:данн|связ|соединени)\\p{L}*\\s+(?:был[аои]?\\s+)?(?:потеря|утеря|утрач|разорва|оборва)",
  "(?:data|connection|link|packets?|documents?)\\s+(?:(?:is|was|were)\\s+)?lost",
  // Codes but zero and those of HTTP that say that it went well.
  `(?:${NOT_LETTER}код(?:ом|а)?(?:\\s+\\p{L}+)?|\\bcode)\\s*[:=#]?\\s*(?:-?[1-9]\\d?|-?[13-9]\\d\\d|-?[1-9]\\d{3,}|-\\d+|0x0*[1-9a-f]\\p{L}*)(?:$|\\D)`,
  "\\b(?:status|http(?:/[\\d.]+)?)\\s*[:=]?\\s*[3-5]\\d\\d\\b",
  // Of so many, less than all of it.
  "\\d\\s*(?:of|из)\\s+\\d",
  "(?:^|[\\s(\\[:])\\d+/\\d+(?:$|[\\s)\\].,;])",
  "(?<![\\d.,])\\d{1,2}(?:[.,]\\d+)?\\s*%",
  `${NOT_LETTER}(?:step|stage|phase|part|batch|chunk|portion|шаг|этап|фаз|част|порци)\\p{L}{0,3}${ENDS}`,
  "(?:successful|completed|finished)\\s+(?:exchang|sync)\\p{L}*s\\b",
  `${NOT_LETTER}(?:обменов|синхронизаций)${ENDS}`,
  // What belongs to an exchange, and is none.
  `${NOT_LETTER}${PART_RU}\\s+(?:(?:к|для|перед|данных)\\s+)?${EXCHANGE}`,
  `${EXCHANGE_RU}(?:\\s+|\\s*[:—–-]\\s*)${PART_RU}${ENDS}`,
  `${EXCHANGE_EN}(?:\\s+|\\s*[:—–-]\\s*)${PART_EN}${ENDS}`,
  `${NOT_LETTER}${PART_RU}(?:\\s+\\p{L}+){0,2}\\s+(?:заверш|выполн|законч|окончен|прош|успеш)`,
  `\\b${PART_EN}(?:\\s+\\p{L}+){0,2}\\s+(?:success|complete|finish|done|ok\\b)`,
  `успешн\\p{L}*\\s+${DONE_BEFORE_RU}|${DONE_BEFORE_RU}\\s+успешно`,
  `\\bsuccessful\\p{L}*\\s+${DONE_BEFORE_EN}|\\b${DONE_BEFORE_EN}\\s+success`,
  `${NOT_LETTER}после\\s+${EXCHANGE}|\\bafter\\s+(?:the\\s+)?${EXCHANGE}`,
];
