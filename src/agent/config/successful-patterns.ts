import { EXCHANGE, FINISHED, NOT_LETTER, QUOTED, TROUBLE, UNIT } from "./exchange-words.ts";

/** What is said of an exchange without saying how it went. */
const WORD =
  "(?:main|central|remote|pos|card|iiko[a-zа-яё]*|data|server|job|task|cycle|session|round|trip|number|full|forced|manual|automatic|incremental|on\\s+schedule|" +
  "organi[sz]ation|for\\s+organi[sz]ation|all|now|both|sides|result|status|state|code|exit|revision|pac?k(?:et|age)|" +
  "главн[a-zа-яё]*|центральн[a-zа-яё]*|удал[её]нн[a-zа-яё]*|сервер[a-zа-яё]*|данны[a-zа-яё]*|организаци[a-zа-яё]*|лояльност[a-zа-яё]*|цикл[a-zа-яё]*|сеанс[a-zа-яё]*|задач[a-zа-яё]*|" +
  "(?:для|по)\\s+организаци[a-zа-яё]*|по\\s+расписанию|полный|полная|результат[a-zа-яё]*|статус[a-zа-яё]*|код[a-zа-яё]*|ревизи[a-zа-яё]*|пакет[a-zа-яё]*)";
/** What another word has to follow. */
const JOINS = "(?:the|our|its|on|and|or|in|at|took|за|в|и|или)";
/** The same, but what follows may say nothing, as in `with no errors`. */
const WITH = "(?:with|со?|на)";
const VERB = "(?:has|have|had|been|was|is|ended|for|of|отработал[a-zа-яё]*|был[аои]?)";
const WELL =
  "(?:normally|correctly|properly|cleanly|fully|нормально|штатно|корректно|полностью|произвед[её]н[аоы]?|провед[её]н[аоы]?)";
/** A number, an address or an identifier. */
const TOKEN = "[^\\s,;]*[\\d/][^\\s,;]*|[^\\s,;]+[.][^\\s,;]+";
/** The same after it, where a word could be a code. */
const NUMBER =
  "[^\\sa-zа-яё,;!=]*\\d[^\\s,;]*|(?:sent|received|applied|processed|changes)=\\d[^\\s,;]*|[a-f\\d]{8}-[a-f\\d-]{27}";
/** The address of a server, after what says that it is one. */
const SERVER =
  "(?:(?:server|сервер[a-zа-яё]*|with|со?)\\s+)(?:https?://)?[^\\s,;./:]+(?:[.:/]+[^\\s,;./:]+)+/?";
/** Lines are matched with what says nothing, and without it. */
const NO_TROUBLE = `(?:без|no|without|any)|${TROUBLE}`;
const BETWEEN = `(?:[^a-zа-яё]+(?:${WORD}|${JOINS}|${WITH}|${VERB}|${WELL}|${TOKEN})|\\s+(?:${QUOTED}))*[^a-zа-яё]+`;
const ATTEMPTS = "(?:after\\s+\\d+\\s+attempts?|с\\s+\\d+-?[а-яё]*\\s+попытки|после\\s+\\d+\\s+попыт[а-яё]*)";
const NEXT = `(?:(?:\\s+${JOINS})*\\s+(?:${ATTEMPTS}|${WORD}|${WITH}|${WELL}|${UNIT}|${NO_TROUBLE}|${NUMBER}|${SERVER}|${FINISHED}|${EXCHANGE}))*\\s*(?:$|[^a-zа-яё\\s=!]|!+(?:$|[^=!])|=\\s*(?:[1-9]|true|yes|ok|да))`;

/** What says that an exchange succeeded: beside the exchange and its end nothing stands but what is known to be harmless. */
export const SUCCESSFUL_PATTERNS = [
  `${EXCHANGE}${BETWEEN}${FINISHED}${NEXT}`,
  `${NOT_LETTER}${FINISHED}${BETWEEN}${EXCHANGE}${NEXT}`,
  `(?:синхрониз)ирован[a-zа-яё]*\\s+с\\s+(?:главн|центральн|удал[её]нн)[a-zа-яё]*\\s+сервером${NEXT}`,
  `(?:sync)hroni[sz]ed\\s+with\\s+(?:the\\s+)?(?:main|central|remote)\\s+server(?:\\s+after\\s+\\d+\\s+attempts)?${NEXT}`,
];
