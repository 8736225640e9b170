import { LRUCache } from "lru-cache";
import type { Cause } from "./cause-catalogue.ts";

const OF_DATABASE: readonly Cause[] = [
  "database_server_silent",
  "database_held",
  "database_unreadable",
  "database_damaged",
  "disk_full",
];

/** Lists are shown over and over, and many POS servers report the same error. */
const found = new LRUCache<string, { cause: Cause | null }>({
  max: 500,
  memoMethod: (text) => ({ cause: findCause(text) }),
});

/**
 * What services, .NET, Windows, SQL Server and SQLite write, in English and Russian; specific patterns before general
 * ones, since the first match wins. All repetition is bounded: POS servers may report any text.
 */
export const PATTERNS: [Cause, RegExp[]][] = [
  [
    "bound_elsewhere",
    [
      /привязан\S{0,3} к (друг|ин)\S{1,3} (организаци|предприяти)/iu,
      /(bound|linked|attached|assigned|registered|belongs) (with |in )?to (another|other|a different) (organi[sz]ation|company)/iu,
    ],
  ],
  [
    "protocol_unsupported",
    [
      /верси\S{0,3} протокола .{0,40}(не поддерживается|несовместим|устарел)/iu,
      /(неподдерживаем|несовместим|устаревш)\S{2,3} верси\S{1,3} протокола/iu,
      /protocol version .{0,40}(not supported|unsupported|incompatible|outdated|mismatch)/iu,
      /(unsupported|incompatible|outdated) (protocol version|version of the protocol)/iu,
    ],
  ],
  [
    "disk_full",
    [
      /недостаточно .{0,20}мест/iu,
      /(закончилось|кончилось|не осталось|нет) (свободного )?мест\S{0,2} на диске/iu,
      /диск\S{0,2} .{0,20}(переполнен|заполнен)/iu,
      /no space left/iu,
      /not enough (free |disk )?space/iu,
      /disk (is |was )?full/iu,
      /insufficient disk space/iu,
      /could not allocate (space for object|a new page)/iu,
      /filegroup is full/iu,
      /transaction log for database .{0,128} is full/iu,
      /журнал транзакций .{0,128}(заполнен|переполнен)/iu,
      /не удалось (выделить место|выделить новую страницу)/iu,
    ],
  ],
  [
    "database_server_silent",
    [
      /sql server (does not exist|is not running|service)/iu,
      /establishing a connection to sql server/iu,
      /установлени\S{1,2} соединения с sql server/iu,
      /localdb.{0,80}(error|failed|cannot|could not|does not exist)/iu,
      /(error|failed|cannot|could not|cannot connect).{0,80}localdb/iu,
      /execution timeout expired/iu,
      /timeout period elapsed prior to (completion of the operation|obtaining a connection)/iu,
      /время ожидания выполнения истекло/iu,
      /истек\S{0,2} время ожидания .{0,40}(до завершения операции|из пула)/iu,
      /failed to generate a user instance/iu,
      /не удалось создать пользовательский экземпляр/iu,
    ],
  ],
  [
    "database_held",
    [
      /database (file |table )?is locked/iu,
      /(баз\S{0,3}( данных)?|бд) (заблокирован|занят)/iu,
      /\.(mdf|ldf|sdf|db\w{0,3}|sqlite)\b.{0,200}(used by another process|занят другим процессом|используется другим процессом)/iu,
      /cannot access the file because it is being used by another process/iu,
      /процесс не может получить доступ к файлу, (так|поскольку|т\. ?к\.).{0,20}занят другим процессом/iu,
      /operating system error 32\b/iu,
      /(операционной системы|ошибка ос) 32\b/iu,
      /file sharing violation/iu,
      /нарушение совместного доступа/iu,
      /cannot attach the file .{0,260} as database/iu,
    ],
  ],
  [
    "database_unreadable",
    [
      /unable to open (the )?(physical |database )?file/iu,
      /cannot open (user default )?database/iu,
      /не удаётся открыть базу|не удается открыть базу/iu,
      /attempt to write a read-?only database/iu,
      /login failed for user/iu,
      /ошибка входа пользователя/iu,
      /\.(mdf|ldf|sdf|db\w{0,3}|sqlite)\b.{0,40}(access (to the path )?(is |was )?denied|is denied)/iu,
      /(access to the path|отказано в доступе по пути).{0,260}\.(mdf|ldf|sdf|db\w{0,3}|sqlite)\b/iu,
      /operating system error 5\b/iu,
      /операционной системы 5\b/iu,
    ],
  ],
  [
    "database_damaged",
    [
      /целостност\S{0,12} (баз|бд|данных)/iu,
      /(баз\S{0,12}|бд|таблиц\S{0,12})( данных)? .{0,40}поврежд/iu,
      /поврежд\S{0,12} .{0,40}(баз|бд|таблиц)/iu,
      /(баз\S{0,12}|бд)( данных)? .{0,40}подозрительн/iu,
      /логическ\S{1,3} ошибк\S{1,3} ввода-вывода/iu,
      /(database|table).{0,40}(corrupt|damaged|malformed|suspect mode)/iu,
      /(corrupt|damaged|malformed).{0,40}(database|table)/iu,
      /marked (as )?suspect/iu,
      /consistency-based i\/o error/iu,
      /(file is not a database|is encrypted or is not a database)/iu,
      /not a valid database file header/iu,
      /не является (допустимым заголовком файла базы|файлом базы)/iu,
    ],
  ],
  [
    "processing_failed",
    [
      /ошибк\S{0,3} обработки .{0,40}(iiko|главн\S{1,6} сервер)/iu,
      /(error|failed|failure) .{0,20}processing .{0,40}iiko/iu,
      /processing (error|failure) .{0,20}(in|at|on) .{0,20}iiko/iu,
      /(error|ошибк\S{0,2}): ?\((500|502|503)\)/iu,
      /(http|status code|код\S{0,3} (состояния|ответа)).{0,30}\b(500|502|503)\b/iu,
      /\b(500 internal server error|502 bad gateway|503 service (temporarily )?unavailable)\b/iu,
    ],
  ],
  [
    "clock_wrong",
    [
      /(часы|врем\S{1,2}) .{0,60}(расход|не совпада|рассинхрониз)/iu,
      /clock (skew|drift|difference)/iu,
      /time (skew|difference) .{0,40}(too (large|great|big)|exceed)/iu,
      /(timestamp|request time|token).{0,40}(too far|not yet valid|in the future|out of range)/iu,
    ],
  ],
  [
    "amqp_closed",
    [/rabbitmq|amqp|broker ?unreachable/iu, /none of the specified endpoints were reachable/iu, /:5671\b/u],
  ],
  [
    "main_server_name",
    [
      /(имя|адрес) .{0,30}сервер\S{0,4} не найден/iu,
      /(этот|такой) хост неизвестен/iu,
      /(разрешить|разрешения) (удал[её]нн\S{1,3} )?им(я|ени)/iu,
      /запрошенное имя верно/iu,
      /no such host is known/iu,
      /(remote name|host ?name|host) could not be resolved/iu,
      /(could not|cannot|unable to) resolve/iu,
      /name or service not known|temporary failure in name resolution|nodename nor servname/iu,
      /requested name is valid, but no data/iu,
      /enotfound|eai_again/iu,
    ],
  ],
  [
    "secure_channel_failed",
    [
      /защищ[её]нн\S{1,3} канал\S{0,2}/iu,
      /сертификат\S{0,3} .{0,60}(недействител|истек|недоверен|не является доверенн|не прош)/iu,
      /(доверительн|доверия)\S{0,4} .{0,60}(защищ[её]нн|ssl)/iu,
      /(ssl|tls)( connection| secure channel| handshake)?\b.{0,60}(could not|failed|failure|error|cannot|unable)/iu,
      /(could not|cannot|unable to|failed to) .{0,40}(ssl|tls)\b/iu,
      /certificate .{0,60}(invalid|expired|not yet valid|not trusted|verify failed)/iu,
      /authentication failed because the remote party/iu,
    ],
  ],
  [
    "main_server_timeout",
    [
      /превышено время ожидания .{0,30}(главн\S{0,6} )?сервер/iu,
      /(истекло|истек|превышено) время ожидания/iu,
      /время ожидания .{0,30}(истекло|вышло)/iu,
      /за требуемое время не получен/iu,
      /(operation|request|connection|call|wait) .{0,20}timed[ -]out/iu,
      /timed[ -]out .{0,40}(waiting|after|server)/iu,
      /(request|task) was cancel?led/iu,
      /did not properly respond after a period of time/iu,
      /gateway time-?out|(error|ошибк\S{0,2}): ?\(504\)|etimedout|timeoutexception/iu,
    ],
  ],
  [
    "main_server_silent",
    [
      /нет связи с .{0,20}сервер/iu,
      /связь с .{0,20}сервер\S{0,4} (прерван|потерян)/iu,
      /главн\S{0,6} сервер\S{0,4} (не ответил|не отвечает|недоступен)/iu,
      /соединени\S{0,4} .{0,30}(разорван|прерван|потерян|сброшен|закрыт)/iu,
      /невозможно соединиться с .{0,20}сервер/iu,
      /(отверг|отклонил) запрос на подключение/iu,
      /разорвал существующее подключение/iu,
      /(недоступн|отключенн)\S{1,3} (сет|хост|узл)/iu,
      /не удается прочитать данные из транспортного соединения/iu,
      /(connection|network).{0,40}(lost|reset|refused|closed|aborted|timed out|unreachable)/iu,
      /(could not|cannot|unable to) (connect|reach)/iu,
      /actively refused/iu,
      /unreachable (network|host)/iu,
      /read data from the transport connection/iu,
      /error occurred while sending the request/iu,
      /econnrefused|econnreset|ehostunreach|enetunreach|epipe/iu,
    ],
  ],
];

/** A POS server cannot mend a database of the main server. */
export const ON_MAIN_SERVER =
  /на (главн|центральн|удал[её]нн)\S{1,3} сервер|(on|at) the (main|central|remote) server/iu;
/** The service uses the same words for its tills. */
export const TO_POS_SERVER = /запроса к pos-серверу|request to the pos server/iu;

/** null when no known cause fits. */
export function causeOfText(text: string): Cause | null {
  return found.memo(text).cause;
}

/** The words by which a known cause is told: whole words, with the one before them in the same clause; null = none is. */
export function phraseOfCause(text: string): string | null {
  const cause = causeOfText(text);
  const patterns = PATTERNS.find(([known]) => known === cause)?.[1] ?? [];
  const [found] = patterns.flatMap((pattern) => pattern.exec(text) ?? []);
  if (found === undefined) return null;
  const from = text.indexOf(found);
  const [before = ""] = /(?:\p{L}+ )?[\p{L}\d]*$/u.exec(text.slice(0, from)) ?? [];
  const [after = ""] = /^[\p{L}\d]*/u.exec(text.slice(from + found.length)) ?? [];
  return before + found + after;
}

function findCause(text: string): Cause | null {
  if (TO_POS_SERVER.test(text)) return null;
  const isOnMainServer = ON_MAIN_SERVER.test(text);
  for (const [cause, patterns] of PATTERNS) {
    if (isOnMainServer && OF_DATABASE.includes(cause)) continue;
    if (patterns.some((pattern) => pattern.test(text))) return cause;
  }
  return null;
}
