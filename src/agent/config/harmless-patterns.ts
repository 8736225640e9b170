import { EXACTLY_ZERO, EXCHANGE, NOT_LETTER, TROUBLE } from "./exchange-words.ts";

/** What a number is said of, such as «ошибок: 0». */
const COUNTED_RU =
  "(?:ошиб(?:ок|ки)|(?:с\\s+)?ошибк(?:ой|ами)|сбо(?:ев|и)|отказов|предупреждений|замечаний|исключений|конфликтов|потерь|" +
  "(?:неудач|неуспе|отклон[её]н|отмен[её]н|пропущен|потерян|неотправлен|не\\s+(?:отправлен|передан|принят|примен[её]н|обработан))\\p{L}*)";
const COUNTED_EN =
  "(?:errors?(?:\\s+count)?|fail(?:ed|ures?|s)?|exceptions?|warnings?|conflicts?|time-?outs|rejected|refused|aborted|cancell?ed|" +
  "skipped|dropped|lost|unsent|pending|not\\s+sent)";
const COUNTED = `(?:${COUNTED_RU}|${COUNTED_EN})`;
const COUNTED_THINGS =
  "(?:item|document|packet|operation|transaction|change|record|object|attempt|документ|операци|пакет|запис|объект|попыт)\\p{L}*";
const IS_LABELLED = "[\"']?\\s*(?:[:=—–-]\\s*|\\()";
const IS = "[\"']?\\s*(?:[:=—–-]\\s*|\\()?";
/** Not the number of what comes next, as in `success: 0 fail: 3`. */
const NO_LABEL =
  "(?:\\s*$|\\s*[^\\s\\p{L}\\d:=]|\\s+\\d|\\s+(?:in|at|on|of|and|or|with|during|after|for|from|found|total|occurred|detected|reported|were|" +
  "и|или|за|в|на|с|при|всего|найден[аоы]?|обнаружен[аоы]?|выявлен[аоы]?|произошло|возникло)(?:$|\\P{L}))";

const NO_TROUBLE = [
  `${NOT_LETTER}(?:без|нет|no|without)\\s+(?:any\\s+)?${TROUBLE}(?:\\s+(?:и|или|and|or)\\s+${TROUBLE})?`,
  `(?<![\\d.,=])0\\s+${TROUBLE}(?:\\s+${COUNTED_THINGS})?${NO_LABEL}`,
  `${TROUBLE}["']?\\s*(?:[:=—–-]\\s*)?(?:нет|none|null|\\[\\]|не\\s+(?:было|найдено|обнаружено|выявлено)|отсутству\\p{L}+)\\s*(?:$|[^\\s\\p{L}\\d])`,
];

/** Phrases that say that nothing went wrong. */
export const NO_TROUBLE_PATTERNS = [
  ...NO_TROUBLE,
  `${COUNTED}${IS}${EXACTLY_ZERO}`,
  `error${IS}${EXACTLY_ZERO}`,
];

const GOOD_RESULT =
  "(?:(?:ok|okay|success|successfully|succeeded|completed?|committed|done|finished|normal|normally)\\b|" +
  "успе[шх]\\p{L}*|норм\\p{L}*|штатно|выполнен\\p{L}*|заверш[её]н\\p{L}*|код\\s+0\\b)";
/** What the rest of a line may tell of an exchange that succeeded. */
const DETAIL =
  "(?:(?:next|server\\s+revision|revision|rev|duration|took|elapsed|sent|received|applied|uploaded|downloaded|loaded|committed|changes|objects|" +
  "records|entities|guests|cards|packages?|packets?|crmid|time|total|everything|all|lag|attempt|now|sleep(?:ing)?|http\\s+200)\\b|" +
  "(?:следующ|ревизи|длительност|время|изменени|отправлен|получен|принят|примен[её]н|загружен|передан|гостей|карт|программ|объект|запис|" +
  "операци|пакет|всего|вс[её]|попытк|успешно|заверш[её]н)\\p{L}*)";
const RESULT = "(?:status|state|result|outcome|code|статус|состояни|результат|код)\\p{L}*";

/** What a line may say of a success, although it would be a reason to doubt it elsewhere. */
export const HARMLESS_PATTERNS = [
  // The class, method and line that wrote it.
  "\\[[^\\]\\s:]+:[^\\]\\s:]+:\\d+\\]",
  ...NO_TROUBLE,
  // Not where another number stands before it, as in `3 failures: 0 repeated`.
  `(?<![^=:\\s\\d]\\s?\\d{1,9}\\s{1,2})(?:${COUNTED}|error)(?:${IS_LABELLED}${EXACTLY_ZERO}|["']?\\s+0\\s*(?:$|[^\\s\\p{L}\\d:=.,]|[.,](?:$|\\D)))`,
  "\\(\\s*time-?out\\s*[:=]?\\s*\\d+\\s*\\p{L}*\\s*\\)|\\btime-?out=\\d+",
  // Nothing was to be done.
  `${NOT_LETTER}(?:no|нет)\\s+(?:new\\s+|нов\\p{L}*\\s+)?(?:changes|updates|data|изменений|данных)(?:$|[^\\s\\p{L}]|\\s+(?:to|для)\\s)`,
  "\\bnothing\\s+(?:new|changed|to\\s+\\p{L}+)",
  "(?:изменений|отставания|новых\\s+данных)\\s+(?:нет|не\\s+(?:было|найдено|обнаружено|получено))(?:$|\\P{L})",
  // It ended well.
  `${RESULT}(?:\\s+${EXCHANGE})?\\s*(?:[:=—–-]\\s*|\\bis\\s+|\\bwas\\s+)?["'«]?(?:\\p{L}+\\.)?(?:${GOOD_RESULT}|(?:0|200)(?:$|[^\\p{L}\\d.,]|[.,](?:$|\\D)))`,
  `[:—–-]\\s*${GOOD_RESULT}|\\(\\s*${GOOD_RESULT}`,
  `[:—–,;.(-]\\s*${DETAIL}`,
];
