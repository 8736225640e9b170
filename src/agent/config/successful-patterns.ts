import { EXCHANGE, FINISHED, NOT_LETTER, TROUBLE } from "./exchange-words.ts";

/** What is said of an exchange without saying how it went. */
const WORD =
  "(?:with|the|our|its|main|central|remote|pos|card|iiko|iikocard\\p{L}*|data|server|job|task|cycle|session|round|trip|number|full|forced|" +
  "organi[sz]ation|all|now|on|both|sides|and|in|at|took|result|status|state|code|exit|revision|pac?k(?:et|age)|" +
  "со?|главн\\p{L}*|центральн\\p{L}*|удал[её]нн\\p{L}*|сервер\\p{L}*|данны\\p{L}*|организаци\\p{L}*|цикл\\p{L}*|сеанс\\p{L}*|задач\\p{L}*|" +
  "за|в|на|и|результат\\p{L}*|статус\\p{L}*|код\\p{L}*|ревизи\\p{L}*|пакет\\p{L}*)";
const VERB = "(?:has|have|had|been|was|is|ended|for|of|отработал\\p{L}*|был[аои]?)";
const WELL =
  "(?:normally|correctly|properly|cleanly|fully|нормально|штатно|корректно|полностью|произвед[её]н[аоы]?|провед[её]н[аоы]?)";
const UNIT = "(?:ms|s|sec|seconds?|min|minutes?|с|мс|сек|секунд\\p{L}*|мин|минут\\p{L}*)";
/** A number, an address or an identifier. */
const TOKEN = "[^\\s,;]*[\\d/][^\\s,;]*|[^\\s,;]+[.][^\\s,;]+";
/** Lines are matched with what says nothing, and without it. */
const NO_TROUBLE = `(?:без|no|without|any|or|или)|${TROUBLE}`;
const QUOTED = '«[^»]*»|"[^"]*"|“[^”]*”|„[^“”]*[“”]';
const BETWEEN = `(?:\\P{L}+(?:${WORD}|${VERB}|${WELL}|${TOKEN})|\\s+(?:${QUOTED}))*\\P{L}+`;
const NEXT = `(?:\\s+(?:${WORD}|${WELL}|${UNIT}|${NO_TROUBLE}|${TOKEN}|${FINISHED}|${EXCHANGE}))*\\s*(?:$|[^\\p{L}\\s=!]|!+(?:$|[^=!])|=\\s*(?:[1-9]|true|yes|ok|да))`;

/** What says that an exchange succeeded: beside the exchange and its end nothing stands but what is known to be harmless. */
export const SUCCESSFUL_PATTERNS = [
  `${EXCHANGE}${BETWEEN}${FINISHED}${NEXT}`,
  `${NOT_LETTER}${FINISHED}${BETWEEN}${EXCHANGE}${NEXT}`,
  "(?:синхрониз)ирован\\p{L}*\\s+с\\s+(?:главн|центральн|удал[её]нн)\\p{L}*\\s+сервер",
  "(?:sync)hroni[sz]ed\\s+with\\s+(?:the\\s+)?(?:main|central|remote)\\s+server",
];
