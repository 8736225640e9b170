import { EXCHANGE, FINISHED, NOT_LETTER, TROUBLE } from "./exchange-words.ts";

/** What is said of an exchange without saying how it went. */
const WORD =
  "(?:with|the|our|its|main|central|remote|pos|card|iiko[a-zа-яё]*|data|server|job|task|cycle|session|round|trip|number|full|forced|manual|automatic|incremental|on\\s+schedule|" +
  "organi[sz]ation|for\\s+organi[sz]ation|all|now|on|both|sides|and|in|at|took|result|status|state|code|exit|revision|pac?k(?:et|age)|" +
  "со?|главн[a-zа-яё]*|центральн[a-zа-яё]*|удал[её]нн[a-zа-яё]*|сервер[a-zа-яё]*|данны[a-zа-яё]*|организаци[a-zа-яё]*|цикл[a-zа-яё]*|сеанс[a-zа-яё]*|задач[a-zа-яё]*|" +
  "(?:для|по)\\s+организаци[a-zа-яё]*|по\\s+расписанию|полный|полная|за|в|на|и|результат[a-zа-яё]*|статус[a-zа-яё]*|код[a-zа-яё]*|ревизи[a-zа-яё]*|пакет[a-zа-яё]*)";
const VERB = "(?:has|have|had|been|was|is|ended|for|of|отработал[a-zа-яё]*|был[аои]?)";
const WELL =
  "(?:normally|correctly|properly|cleanly|fully|нормально|штатно|корректно|полностью|произвед[её]н[аоы]?|провед[её]н[аоы]?)";
const UNIT = "(?:ms|s|sec|seconds?|min|minutes?|с|мс|сек|секунд[a-zа-яё]*|мин|минут[a-zа-яё]*)";
/** A number, an address or an identifier. */
const TOKEN = "[^\\s,;]*[\\d/][^\\s,;]*|[^\\s,;]+[.][^\\s,;]+";
/** Lines are matched with what says nothing, and without it. */
const NO_TROUBLE = `(?:без|no|without|any|or|или)|${TROUBLE}`;
const QUOTED = '«[^»]*»|"[^"]*"|“[^”]*”|„[^“”]*[“”]';
const BETWEEN = `(?:[^a-zа-яё]+(?:${WORD}|${VERB}|${WELL}|${TOKEN})|\\s+(?:${QUOTED}))*[^a-zа-яё]+`;
const NEXT = `(?:\\s+(?:${WORD}|${WELL}|${UNIT}|${NO_TROUBLE}|${TOKEN}|${FINISHED}|${EXCHANGE}))*\\s*(?:$|[^a-zа-яё\\s=!]|!+(?:$|[^=!])|=\\s*(?:[1-9]|true|yes|ok|да))`;

/** What says that an exchange succeeded: beside the exchange and its end nothing stands but what is known to be harmless. */
export const SUCCESSFUL_PATTERNS = [
  `${EXCHANGE}${BETWEEN}${FINISHED}${NEXT}`,
  `${NOT_LETTER}${FINISHED}${BETWEEN}${EXCHANGE}${NEXT}`,
  "(?:синхрониз)ирован[a-zа-яё]*\\s+с\\s+(?:главн|центральн|удал[её]нн)[a-zа-яё]*\\s+сервер",
  "(?:sync)hroni[sz]ed\\s+with\\s+(?:the\\s+)?(?:main|central|remote)\\s+server",
];
