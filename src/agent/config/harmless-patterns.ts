import { EXACTLY_ZERO, EXCHANGE, NOT_LETTER, TROUBLE, UNIT } from "./exchange-words.ts";

/** What a number is said of, such as «ошибок: 0». */
const COUNTED_RU =
  "(?:ошиб(?:ок|ки)|(?:с\\s+)?ошибк(?:ой|ами)|сбо(?:ев|и)|отказов|предупреждений|замечаний|исключений|конфликтов|потерь|" +
  "(?:неудач|неуспе|отклон[её]н|отмен[её]н|пропущен|потерян|неотправлен|не\\s+(?:отправлен|передан|принят|примен[её]н|обработан))[a-zа-яё]*)";
const COUNTED_EN =
  "(?:errors?(?:\\s+count)?|fail(?:ed|ures?|s)?|exceptions?|warnings?|conflicts?|time-?outs|rejected|refused|aborted|cancell?ed|" +
  "skipped|dropped|lost|unsent|pending|not\\s+sent)";
const COUNTED = `(?:${COUNTED_RU}|${COUNTED_EN})`;
const COUNTED_THINGS =
  "(?:item|document|package|packet|operation|transaction|change|record|object|attempt|документ|операци|пакет|запис|объект|изменени|попыт)[a-zа-яё]*";
const IS_LABELLED = "[\"']?\\s*(?:[:=—–-]\\s*|\\()";
const IS = "[\"']?\\s*(?:[:=—–-]\\s*|\\()?";
/** What goes on after a number of that. */
const FOLLOWS_COUNT =
  "\\s+(?:in|at|on|of|and|or|with|during|after|for|from|found|total|occurred|detected|reported|were|" +
  "и|или|за|в|на|с|при|всего|найден[аоы]?|обнаружен[аоы]?|выявлен[аоы]?|произошло|возникло)(?:$|[^a-zа-яё])";
/** Not the number of what comes next, as in `success: 0 fail: 3`. */
const NO_LABEL = `(?:${FOLLOWS_COUNT}|(?<kept>\\s*(?:$|[^\\sa-zа-яё\\d:=])))`;
/** Something else is counted next, as in `0 errors 14 changes`. */
const NEXT_COUNT = "(?<kept>\\s+\\d+\\s+[a-zа-яё])";
/** Not how many there were without, as in `without errors: 0`. */
const NO_COUNT =
  "(?:\\s+(?:in|за)\\s|(?<kept>\\s*(?:$|[^\\sa-zа-яё\\d:=])|\\s*[:=]\\s*(?:$|[^\\s\\d])|\\s+[a-zа-яё]|(?:\\s*[:=]\\s*|\\s+)\\d[\\d.,:]*\\s*[a-zа-яё]))";

const NO_TROUBLE = [
  `${NOT_LETTER}(?:без|нет|no|without)\\s+(?:any\\s+)?${TROUBLE}(?:\\s+(?:и|или|and|or)\\s+${TROUBLE})?${NO_COUNT}`,
  `(?<![\\d.,=])0\\s+${TROUBLE}(?:\\s+${COUNTED_THINGS})?${NO_LABEL}`,
  // Not where the number is of what comes before, as in `sent 0 errors 5 warnings 3`.
  `(?<![\\d.,=]|[a-zа-яё]\\s{1,3})0\\s+${TROUBLE}(?:\\s+${COUNTED_THINGS})?${NEXT_COUNT}`,
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
  "(?:(?:next|server\\s+revision|revisions?|rev|duration|took|elapsed|sent|received|uploaded|downloaded|loaded|updated|added|deleted|created|balances|transactions|operations|documents|items|wallets?|count|size|version|id|scheduled|changes|objects|" +
  "records|entit(?:y|ies)|guests?|cards?|packages?|packets?|crmid|time|total|everything|all|lag[\\s:=]+0|now|sleep(?:ing)?|http\\s+200)\\b|" +
  "(?:следующ|ревизи|длительност|время|изменени|отправлен|получен|принят|загружен|передан|обновл[её]н|добавлен|удал[её]н[ыо]|создан|баланс|транзакци|документ|количеств|размер|верси|полн(?:ый|ая)|гостей|карт|программ|объект|запис|" +
  "операци|пакет|всего|вс[её])[a-zа-яё]*)";
const DETAIL_GOES_ON = `(?:(?:in|at|is|now|run|and|local|remote|was|were|set|via|to\\s+iiko[a-zа-яё]*)\\b|(?:через|сервер|локальн|последн|обновлен)[a-zа-яё]*|${EXCHANGE})`;
const DETAILS = `${DETAIL}(?:\\s+(?:${DETAIL}|${DETAIL_GOES_ON}))*`;
/** Done with what there was: that should be none only when there was none. */
const DONE_WITH = "(?:(?:applied|processed)\\b|(?:применен|применён|обработан)[a-zа-яё]*)";
const THERE_WAS =
  "(?:total|received|sent|documents|items|records|objects|changes|operations|transactions|packages|packets|всего|получен|принят|отправлен|документ|запис|объект|изменени|операци|транзакци|пакет)[a-zа-яё]*\\s*[:=]?\\s*[1-9]";
const NOT_NONE = "(?:[1-9]|0\\d|0[.,]\\d)";
/** Not none, as in `total 5, ok 0`. */
const IS_NOT_NONE = `(?<kept>\\s*(?:$|[,;.!…]|[^\\sa-zа-яё\\d:=]\\s*(?:$|[^\\s\\d]|${NOT_NONE})|[:=]?\\s*${NOT_NONE}|:\\s*${EXCHANGE})|\\s+[a-zа-яё])`;
const ATTRIBUTE = "(?:new|offline|deferred|(?:нов|накопленн|отложенн)[a-zа-яё]*)";
const GOES_ON = "[:—–,;.…(-]\\s*";
const RESULT = "(?:exit\\s+)?(?:status|state|result|outcome|code|статус|состояни|результат|код)[a-zа-яё]*";

/** What a line may say of a success, although it would be a reason to doubt it elsewhere. */
export const HARMLESS_PATTERNS = [
  // The class, method and line that wrote it.
  "\\[[^\\]\\s:]+:[^\\]\\s:]+:\\d+\\]",
  ...NO_TROUBLE,
  // Not where another number stands before it, as in `3 failures: 0 repeated`, or is the other half of it, as in `ok/failed: 0/3`.
  `(?<![^=:\\s\\d]\\s?\\d{1,9}\\s{1,2})(?:${COUNTED}|error)${IS_LABELLED}0(?:$|[^\\da-zа-яё.,/]|[.,](?:$|\\D))`,
  `(?:${COUNTED}|error)["']?\\s+0\\s*(?:$|[^\\sa-zа-яё\\d:=.,/]|[.,](?:$|\\D))`,
  "\\(\\s*time-?out\\s*[:=]?\\s*\\d+\\s*[a-zа-яё]*\\s*\\)|\\btime-?out=\\d+",
  // Nothing was to be done.
  `${NOT_LETTER}(?:no|нет)\\s+(?:new\\s+|нов[a-zа-яё]*\\s+)?(?:changes|updates|data|изменений|данных)(?:$|[^\\sa-zа-яё]|\\s+(?:to|для)\\s)`,
  "\\bnothing\\s+(?:new|changed|to\\s+[a-zа-яё]+)",
  "(?:изменений|отставания|новых\\s+данных)\\s+(?:нет|не\\s+(?:было|найдено|обнаружено|получено))(?:$|[^a-zа-яё])",
  // It ended well.
  `${RESULT}(?:\\s+${EXCHANGE})?\\s*(?:[:=—–-]\\s*|\\bis\\s+|\\bwas\\s+)?["'«]?(?:[a-zа-яё]+\\.)?(?:${GOOD_RESULT}["'»]?|(?:0|200)(?:$|[^a-zа-яё\\d.,]|[.,](?:$|\\D)))`,
  `(?<!${THERE_WAS}.*|успешно|successfully)${NOT_LETTER}${DONE_WITH}(?:\\s+${COUNTED_THINGS})?\\s*[:=]?\\s*0(?:\\s+${COUNTED_THINGS})?(?<kept>$|[^\\da-zа-яё.,]|[.,](?:$|\\D))`,
  `${GOES_ON}(?:${DETAILS}\\s+)?${GOOD_RESULT}(?:(?:\\s+${DETAIL})+|${IS_NOT_NONE})`,
  `${GOES_ON}(?:${DETAILS}\\s+)?${DONE_WITH}(?:\\s+${DETAIL})*${IS_NOT_NONE}`,
  `${NOT_LETTER}(?:${DETAIL}=0|(?:${DETAIL}|${DONE_WITH}|${GOOD_RESULT})=[1-9]\\d*)(?<kept>$|[^\\da-zа-яё.,/]|[.,](?:$|\\D))`,
  `[{,]\\s?"${DETAIL}"\\s*:\\s*\\d+`,
  `${GOES_ON}${DETAILS}(?:\\s*[:=]?\\s*0(?<kept>\\s*(?:$|[,;)\\]])|\\.(?:$|\\s)))?`,
  `(?:^|[^a-zа-яё\\d.,:-])\\d[\\d.,:]*\\s*(?:${UNIT}|(?:${ATTRIBUTE}\\s+)?(?:${COUNTED_THINGS}|${DETAIL}))(?:\\s+(?:${DETAIL}|${DETAIL_GOES_ON}|${DONE_WITH}))*(?:\\s+(?:in|at|from|to|with|and|за|в|с|и))?(?<kept>\\s*(?:$|[^\\sa-zа-яё]))`,
  `(?:^|[^a-zа-яё\\d.,:])[1-9]\\d*\\s+(?:${DONE_WITH}|succeeded|successful|ok|успешн[a-zа-яё]*)(?<kept>\\s*(?:$|[,;.)\\]]))`,
];
