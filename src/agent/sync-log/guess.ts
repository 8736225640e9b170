import type { Pattern } from "../../protocol/pattern.ts";
import { ERROR_EN, ERROR_RU, EXCHANGE } from "../config/exchange-words.ts";
import type { ExchangeEventKind } from "../config/log-patterns.ts";
import { splitHeader } from "./log-header.ts";

// What a hostile line may take stays small: nothing is repeated without a limit within what is repeated.

const GRAVE = ["WARN", "WARNING", "ERROR", "FATAL"];
const IS_GRAVE = /^[A-Z]/u;
const STACK_FRAME = /^\s+(?:at|в)\s/u;
/** The class, method and line that wrote it. */
const ORIGIN = /\[[^\]\s:]+:[^\]\s:]+:\d+\]/gu;
const ADDRESS = /\b[a-z][a-z0-9+.-]{1,10}:\/\/[^\s,;)"'»]*[^\s,;)"'».:]/giu;
const SQL = /\b(?:select\s.+\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|create\s+table)\b/iu;
/** A setting or a measure that has the word in its name: `lastSync=…`, `last_sync: …`. */
const NAMED_VALUE =
  /(?<![\p{L}\d_.-])[\p{L}\d_.-]{0,40}?(?:exchang|sync|обмен|синхрониз)[\p{L}\d_.-]{0,40}\s*=\s*\S+|(?:last|previous|next)[\p{L}_]{0,40}(?:exchang|sync)[\p{L}_]{0,40}\s*:\s*\S+/giu;

/** A path with the word in it. */
const PATH =
  /(?<!\S)[\w.-]{0,40}(?:\/[\w.-]{1,40}){0,10}\/(?:sync|exchang)[\w./-]*|(?<!\S)(?:sync|exchange)\/[\w./-]+/giu;

/** Alternatives; with a `*` whatever a word ends with. */
const words = (...lists: string[]) => lists.join(" ").replaceAll(" ", "|").replaceAll("*", "\\p{L}*");

/** What may stand right before an exchange in English; with any other word it is one of something else. */
const OWN_BEFORE = words(
  "data server main central remote loyalty iiko* card pos crm full complete forced manual automatic auto incremental partial scheduled",
  "periodic regular initial first next last previous another new current whole recurring online offline two way",
  "the a an this that our its each every all any no not of in on at to for from with by and or while during after before since until when if",
  "is was are were be been has have had did do does will can could couldn cannot t",
  "start* begin* began begun launch* initiat* try* attempt* retry* open* success* succeed* finish* complet* done end* ok",
  "fail* error* exception abort* unable reject* refus* interrupt* crash* unsuccess* impossible perform* execut* run*",
  "session job task result status state event warn* info number cycle",
);
const FOREIGN_BEFORE = new RegExp(
  `(?<![\\p{L}\\d])(?!(?:${OWN_BEFORE})(?![\\p{L}\\d-]))[a-z\\d-]*[a-z\\d]\\s+(?:exchang|sync)\\p{L}*`,
  "iu",
);
/** Systems of others, wherever they are named. */
const FOREIGN_NAME = new RegExp(
  `(?<![\\p{L}\\d])(?:1[cс]|${words("егаис egais утм честн* меркури* мдлп ntp касс* чек чека чеки накладн* стоп-лист* стоплист*")}|stop-?\\s?list\\p{L}*|time\\.windows\\.com)(?![\\p{L}\\d])`,
  "iu",
);
/** A word that has the exchange in it. */
const EXCHANGE_WORD =
  /(?<![\p{L}\d_-])[\p{L}\d_-]{0,60}?(?:exchang|sync|обмен|синхрониз)[\p{L}\d_-]{0,60}/giu;
/** Those that are about it, and not about what only has it in its name. */
const OWN_WORD =
  /^(?:exchang(?:es?|ed|ing)|sync(?:s|ed|ing)?|synchroni[sz](?:e[sd]?|ing|ations?)|обмен(?:а|у|ом|е|ы|ов)?|обменя\p{L}*|синхронизаци[яиюей]{1,2}|синхронизир\p{L}*|(?:iiko|loyalty|card|main|data|server|pos)*(?:sync|exchange)(?:job|task|cycle|session|service|manager|engine|worker|thread|client|agent|organi[sz]ation|result|(?:er)?with(?:main|server)*)?|(?:iiko|pos|card|main|server)*synchroni[sz]er)$/iu;
/** What may stand before the exchange of which a line says that it succeeded; any other word may change what it says. */
const BEFORE_SUCCESS = new RegExp(
  `^(?:[^\\p{L}]|(?:${words(
    "data server main central remote loyalty iiko* card pos full complete forced manual automatic incremental scheduled periodic initial current whole",
    "the this our with for of and in all success success* succeed* finish* complet* done ended ok session job task cycle result status state connection restored info retry",
    "сеанс* сессия цикл* задач* задани* полн* очередн* инкрементальн* успешн* заверш* выполн* оконч* законч* закрыт* данны* сервер* главн* центральн* удалённ* удаленн* с со и на в по для расписанию результат* статус* итог* все всех планов* принудительная принудительный ручн* повторн* первичн* начальн* связь восстановлена накопленн* операции переданы шт подтвердил приём прием пакет*",
  )})(?!\\p{L}))*$`,
  "iu",
);
/** With whom it is, and what else may follow a «with». */
const OWN_OTHER = [
  `(?:the\\s+|our\\s+|its\\s+)?(?:${words("main central remote loyalty head iiko* server host service centre center cloud headquarters pos")}|organi[sz]ation)(?!\\p{L})`,
  `(?:${words("главн* центральн* удал* сервер* iiko* айко* центр* офис* облак* лояльност* организаци*")})`,
  `(?:${words("no a an any error errors warnings status state code result exception http revision")}|\\d)(?!\\d*\\p{L})`,
  `(?:${words("ошибк* предупрежд* код* статус* результат* исключени* задержк*")}|\\d+-\\p{L}+\\s+попытк\\p{L}*)`,
].join("|");
const FOREIGN_WITH = new RegExp(
  `(?:exchang|sync|обмен|синхрониз)\\p{L}*(?:\\s+(?:data|данными|данных|session|job|cycle))?\\s+(?:with|со?)\\s+(?!${OWN_OTHER})\\S`,
  "iu",
);
/** What is about an exchange, and is none: a test of it, its settings, its schedule. */
const ABOUT_RU = new RegExp(
  `(?<!\\p{L})(?:${words("тест* проверк* диагностик* журнал* настройк* параметр* расписани* служб* модул* обработчик* подготовк* истори* статистик* отчёт* отчет* интервал* период*")}|очеред(?:ь|и|ью))\\s+(?:обмен|синхрониз)`,
  "iu",
);
const ABOUT_EN =
  /\b(?:self-?)?tests?\b|\bdiagnos\p{L}*|\b(?:exchang|sync)\p{L}*\s+(?:test|check|settings?|schedule|queue|module|handler|interval|history|statistics?|log)\b/iu;

/** What is over, or has not been. */
const NO_FAILURE =
  /восстановлен\p{L}*\P{L}.{0,80}после\s+(?:ошиб|сбо)|recover(?:ed|y)\b.{0,80}\b(?:after|from)\b|\bon\s+(?:error|failure)\b|(?:ошибк|исключени|сбо)\p{L}*\s+не\s+\p{L}+|(?:zero|no)\s+errors?|errors?\s+(?:were\s+not|handler|codes?|log|cleared)|nothing\s+rejected|(?:сбой|недоступност\p{L}*)\s+(?:\p{L}+\s+)?устран\p{L}*|откат\s+не\s+\p{L}+|failure\s+threshold|failover\p{L}*|отказоустойчив\p{L}*|отказался\s+от|список\s+исключений|retry\s+policy.{0,80}|при\s+ошибке\s+включ\p{L}*|error\s+log|rejected\s+cards|(?:errors?|failures?|ошибок|сбоев)(?:\s+\p{L}+){0,3}\s*[:=]?\s*0(?![\dx]|[.,]\d)/giu;
const COUNTED_FAILURES = "(?:ошибок|сбо[еяй]в?)\\P{L}{0,3}[1-9]|[1-9]\\d*\\s+(?:ошиб|сбо)";
/** What says so by itself, whatever its level is: hardly anything stands between the exchange and what went wrong. */
const PLAIN_FAILURE = new RegExp(
  `${EXCHANGE}(?:[^\\p{L}\\d]+[\\p{L}\\d]+){0,6}?[^\\p{L}\\d]*(?:${ERROR_RU}|${ERROR_EN})|${COUNTED_FAILURES}|(?:${ERROR_RU}|\\b${ERROR_EN})(?:[^\\p{L}\\d]+[\\p{L}\\d]+){0,3}?[^\\p{L}\\d]+${EXCHANGE}`,
  "iu",
);
/** A moment of its own, which need not be that of the line. */
const OTHER_MOMENT = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|\d{2}\.\d{2}\.\d{4}\s+\d{1,2}:\d{2}/u;
/** A code right after what ended that is none of those that say that it went well. */
const BAD_CODE =
  /(?:finish|complet|ended|done|succe|заверш|законч|оконч|выполн)\p{L}*\s*[:=#]\s*(?!0\s*$|2\d\d\s*$)-?\d+\s*$/iu;

/** So many of what is not over. */
const PROGRESS = /прошл[оаи]\s+\d|(?:completed|done|finished|выполнено|завершено)\s+\d+\s*,/iu;
const HEADER = /^[A-Z]* \[-\] - /u;

/**
 * What of a line general phrases may be looked for in: its text alone, without what is no sentence, after a header with nothing but its level
 * where that says that something is wrong. @returns null when it is about something else.
 */
export function guessedText(line: string, timestamp: Pattern): string | null {
  if (STACK_FRAME.test(line)) return null;
  const { level, message } = splitHeader(line, timestamp);
  const text = message
    .replace(ORIGIN, " ")
    .replace(ADDRESS, "server")
    .replace(PATH, " ")
    .replace(NAMED_VALUE, " ");
  const others = [SQL, ABOUT_RU, ABOUT_EN, FOREIGN_NAME, FOREIGN_BEFORE, FOREIGN_WITH];
  const [first] = text.match(EXCHANGE_WORD) ?? [];
  const isOther = (first && !OWN_WORD.test(first)) || others.some((other) => other.test(text));
  return isOther ? null : `${level !== null && GRAVE.includes(level) ? level : ""} [-] - ${text}`;
}

/** What of such a text may say this of an exchange; null = it says nothing of the kind. */
export function guessedFor(kind: ExchangeEventKind, text: string): string | null {
  if (kind === "succeeded") {
    const found = text.match(EXCHANGE_WORD) ?? [];
    const before = text.slice(0, Math.max(0, text.search(EXCHANGE_WORD))).replace(HEADER, "");
    const isSentence = found.every((word) => OWN_WORD.test(word)) && BEFORE_SUCCESS.test(before);
    return isSentence && ![OTHER_MOMENT, BAD_CODE, PROGRESS].some((wrong) => wrong.test(text)) ? text : null;
  }
  if (kind !== "failed") return text;
  const rest = text.replace(NO_FAILURE, " ");
  return IS_GRAVE.test(text) || PLAIN_FAILURE.test(rest) ? rest : null;
}
