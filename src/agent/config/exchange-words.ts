// Letters are those of the two languages: with all that Unicode has (`\p{L}`) the patterns would take many times the memory.

/** What an exchange is called. */
export const EXCHANGE_RU = "(?:обмен|синхрониз)[a-zа-яё]*";
export const EXCHANGE_EN = "(?:exchang|sync)[a-zа-яё]*";
export const EXCHANGE = `(?:${EXCHANGE_RU}|${EXCHANGE_EN})`;

/** What went wrong. */
export const ERROR_RU =
  "(?:ошибк|сбой|сбоем|исключени|неудач|не\\s?удал|прерван|прервал|отклон|отказ|сорва|провал|упал|аварийн|исчерпан|откат|" +
  "невозмож|недоступ|неуспе|не\\s(?:успе|заверш|выполн|законч|прош|состоя|принят|ответ))[a-zа-яё]*";
export const ERROR_EN =
  "(?:fail|error|exception|abort|reject|refus|interrupt|crash|unsuccess|unable|unreachable|impossible|incomplete|exhausted|" +
  "timed out|gave up|given up|rolled back|broken off|cannot|could not|couldn't|did not respond|" +
  "(?:not|n't) (?:yet )?(?:been )?(?:finish|complet|succe|done|perform|accept|ok\\b))[a-zа-яё]*";

/** What may go wrong in an exchange that ended. */
const TROUBLE_RU = "(?:ошиб|сбо|отказ|предупрежд|замечан|исключен|конфликт|неудач|потер|проблем)[a-zа-яё]*";
const TROUBLE_EN = "(?:error|fail|exception|warning|conflict|time-?out|problem|issue)[a-zа-яё]*";
export const TROUBLE = `(?:${TROUBLE_RU}|${TROUBLE_EN})`;

/** What ended, not that something ends («завершается») or how it does («завершение»). */
export const FINISHED =
  "(?:успешн(?:о|ый|ая|ое|а|ы)|успешен|успех(?:ом)?|(?:заверш|законч|оконч|выполн)(?:[её]н[аоы]?|ил(?:ся|[аои](?:сь)?)?)|прош(?:[её]л|л[аои])|" +
  "состоял(?:ся|[аои]сь)|success|succeeded|successful|successfully|completed?|committed|finished|done|ok|ок)";

/** No number goes on with it, and no hexadecimal code begins with it. */
export const EXACTLY_ZERO = "0(?:$|[^\\da-zа-яё.,]|[.,](?:$|\\D))";
export const NOT_LETTER = "(?:^|[^a-zа-яё])";

/** What stands in quotes, such as a name. */
export const QUOTED = '«[^»]*»|"[^"]*"|“[^”]*”|„[^“”]*[“”]';
export const UNIT =
  "(?:ms|s|sec|seconds?|min|minutes?|h|hours?|[kmg]?b|bytes|с|мс|сек|секунд[a-zа-яё]*|мин|минут[a-zа-яё]*|ч|час[а-яё]*|[кмг]?б|байт[а-яё]*)";
