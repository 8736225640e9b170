import { EXACTLY_ZERO, EXCHANGE, NOT_LETTER, TROUBLE } from "./exchange-words.ts";

/** What a number is said of, such as «ошибок: 0». */
const COUNTED_RU =
  "(?:ошиб(?:ок|ки)|(?:с\\s+)?ошибк(?:ой|ами)|сбо(?:ев|и)|отказов|предупреждений|замечаний|исключений|конфликтов|потерь|" +
  "(?:неудач|неуспе|отклон[её]н|отмен[её]н|пропущен|потерян|неотправлен|не\\s+(?:отправлен|передан|принят|примен[её]н|обработан))[a-zа-яё]*)";
const COUNTED_EN =
  "(?:errors?(?:\\s+count)?|fail(?:ed|ures?|s)?|exceptions?|warnings?|conflicts?|time-?outs|rejected|refused|aborted|cancell?ed|" +
  "skipped|dropped|lost|unsent|pending|not\\s+sent)";
const COUNTED = `(?:${COUNTED_RU}|${COUNTED_EN})`;
const COUNTED_THINGS =
  "(?:item|document|packet|operation|transaction|change|record|object|attempt|документ|операци|пакет|запис|объект|попыт)[a-zа-яё]*";
const IS_LABELLED = "[\"']?\\s*(?:[:=—–-]\\s*|\\()";
const IS = "[\"']?\\s*(?:[:=—–-]\\s*|\\()?";
/** Not the number of what comes next, as in `success: 0 fail: 3`. */
const NO_LABEL =
  "(?:\\s*$|\\s*[^\\sa-zа-яё\\d:=]|\\s+\\d|\\s+(?:in|at|on|of|and|or|with|during|after|for|from|found|total|occurred|detected|reported|were|" +
  "и|или|за|в|на|с|при|всего|найден[аоы]?|обнаружен[аоы]?|выявлен[аоы]?|произошло|возникло)(?:$|[^a-zа-яё]))";

const NO_TROUBLE = [
  `${NOT_LETTER}(?:без|нет|no|without)\\s+(?:any\\s+)?${TROUBLE}(?:\\s+(?:и|или|and|or)\\s+${TROUBLE})?`,
  `(?<![\\d.,=])0\\s+${TROUBLE}(?:\\s+${COUNTED_THINGS})?${NO_LABEL}`,
  `${TROUBLE}["']?\\s*(?:[:=—–-]\\s*)?(?:нет|none|null|\\[\\]|не\\s+(?:было|найдено|обнаружено|выявлено)|отсутству[a-zа-яё]+)\\s*(?:$|[^\\sa-zа-яё\\d])`,
];

/** Phrases that say that nothing went wrong. */
export const NO_TROUBLE_PATTERNS = [
  ...NO_TROUBLE,
  `${COUNTED}${IS}${EXACTLY_ZERO}`,
  `error${IS}${EXACTLY_ZERO}`,
];

const GOOD_RESULT =
  "(?:(?:ok|okay|success|successfully|succeeded|completed?|committed|done|finished|normal|normally)\\b|" +
  "успе[шх][a-zа-яё]*|норм[a-zа-яё]*|штатно|выполнен[a-zа-яё]*|заверш[её]н[a-zа-яё]*|код\\s+0\\b|ок(?:$|[^a-zа-яё]))";
/** What the rest of a line may tell of an exchange that succeeded. */
const DETAIL =
  "(?:(?:next|server\\s+revision|revision|rev|duration|took|elapsed|sent|received|applied|uploaded|downloaded|loaded|committed|processed|updated|added|deleted|created|balances|transactions|operations|documents|items|wallets|count|size|version|id|scheduled|changes|objects|" +
  "records|entities|guests|cards|packages?|packets?|crmid|time|total|everything|all|lag|now|sleep(?:ing)?|http\\s+200)\\b|" +
  "(?:следующ|ревизи|длительност|время|изменени|отправлен|получен|принят|примен[её]н|загружен|передан|обработан|обновл[её]н|добавлен|удал[её]н[ыо]|создан|баланс|транзакци|документ|количеств|размер|верси|полн(?:ый|ая)|гостей|карт|программ|объект|запис|" +
  "операци|пакет|всего|вс[её]|успешно|заверш[её]н)[a-zа-яё]*)";
const DETAIL_GOES_ON = `(?:(?:in|at|is|now|run|and|local|remote|was|set|via)\\b|(?:через|сервер|локальн|последн|обновлен)[a-zа-яё]*|${EXCHANGE})`;
const RESULT = "(?:status|state|result|outcome|code|статус|состояни|результат|код)[a-zа-яё]*";

/** What a line may say of a success, although it would be a reason to doubt it elsewhere. */
export const HARMLESS_PATTERNS = [
  // The class, method and line that wrote it.
  "\\[[^\\]\\s:]+:[^\\]\\s:]+:\\d+\\]",
  ...NO_TROUBLE,
  // Not where another number stands before it, as in `3 failures: 0 repeated`, or is the other half of it, as in `ok/failed: 0/3`.
  `(?<![^=:\\s\\d]\\s?\\d{1,9}\\s{1,2})(?:${COUNTED}|error)(?:${IS_LABELLED}0(?:$|[^\\da-zа-яё.,/]|[.,](?:$|\\D))|["']?\\s+0\\s*(?:$|[^\\sa-zа-яё\\d:=.,/]|[.,](?:$|\\D)))`,
  "\\(\\s*time-?out\\s*[:=]?\\s*\\d+\\s*[a-zа-яё]*\\s*\\)|\\btime-?out=\\d+",
  // Nothing was to be done.
  `${NOT_LETTER}(?:no|нет)\\s+(?:new\\s+|нов[a-zа-яё]*\\s+)?(?:changes|updates|data|изменений|данных)(?:$|[^\\sa-zа-яё]|\\s+(?:to|для)\\s)`,
  "\\bnothing\\s+(?:new|changed|to\\s+[a-zа-яё]+)",
  "(?:изменений|отставания|новых\\s+данных)\\s+(?:нет|не\\s+(?:было|найдено|обнаружено|получено))(?:$|[^a-zа-яё])",
  // It ended well.
  `${RESULT}(?:\\s+${EXCHANGE})?\\s*(?:[:=—–-]\\s*|\\bis\\s+|\\bwas\\s+)?["'«]?(?:[a-zа-яё]+\\.)?(?:${GOOD_RESULT}|(?:0|200)(?:$|[^a-zа-яё\\d.,]|[.,](?:$|\\D)))`,
  `[:—–,.…-]\\s*${GOOD_RESULT}(?:\\s+${DETAIL})*|\\(\\s*${GOOD_RESULT}`,
  `[:—–,;.(-]\\s*${DETAIL}(?:\\s+(?:${DETAIL}|${DETAIL_GOES_ON}))*`,
];
