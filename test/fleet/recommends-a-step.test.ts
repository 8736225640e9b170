import t from "tap";
import { CATALOGUE, CAUSES, type Cause, pollCause } from "../../src/monitor/fleet/cause-catalogue.ts";
import { type Advice, adviceOn, type ProblemFacts } from "../../src/monitor/fleet/causes.ts";
import { failedChecks } from "../../src/monitor/fleet/failed-checks.ts";
import { RECOMMENDED_STEPS, type RecommendedStep } from "../../src/monitor/fleet/recommended-steps.ts";
import { POS_SERVER_STATES, PROBLEM_STATES } from "../../src/monitor/fleet/state.ts";
import { FAILURE_CODES, type FailureCode } from "../../src/monitor/pos-client/failure.ts";

function advise(facts: Partial<ProblemFacts>): Advice | null {
  return adviceOn({
    state: "sync_error",
    syncError: null,
    failureCode: null,
    serviceState: "running",
    lastSyncAt: 1,
    ...facts,
  });
}

/** As an agent reports them: `id` or `id:why`. */
function checked(...failed: string[]): string {
  return failedChecks(
    failed.map((line) => {
      const [id = "", ...why] = line.split(":");
      return { id, outcome: "failed", detail: why.join(":") || null };
    }),
  );
}

/** What services, .NET, Windows, SQL Server, SQLite and iiko write, in both languages. */
const TEXTS: Partial<Record<Cause, string[]>> = {
  bound_elsewhere: [
    "POS-сервер уже привязан к другой организации",
    "Ошибка синхронизации: POS-сервер уже привязан к другой организации (CrmId 100238)",
    "The POS server is already bound to another organization",
    "This terminal is already registered to a different organization",
  ],
  protocol_unsupported: [
    "Версия протокола не поддерживается",
    "Версия протокола 17 не поддерживается сервером",
    "Неподдерживаемая версия протокола: 17",
    "Protocol version 17 is not supported",
    "Unsupported protocol version",
  ],
  disk_full: [
    "No space left on device",
    "There is not enough space on the disk.",
    "System.IO.IOException: There is not enough space on the disk. : 'C:\\Data\\iikoCard5POS.ldf'",
    "Недостаточно места на диске.",
    "Недостаточно свободного места на диске C:",
    "database or disk is full",
    "Could not allocate space for object 'dbo.guest_wallet' in database 'iikoCard5POS' because the 'PRIMARY' filegroup is full.",
    "The transaction log for database 'iikoCard5POS' is full due to 'LOG_BACKUP'.",
    'Журнал транзакций для базы данных "iikoCard5POS" заполнен.',
    'Не удалось выделить место для объекта "dbo.guest_wallet"',
  ],
  database_held: [
    "database is locked",
    "SQLite Error 5: 'database is locked'.",
    "The process cannot access the file 'C:\\Data\\iikoCard5POS.mdf' because it is being used by another process.",
    "The process cannot access the file because it is being used by another process",
    'Процесс не может получить доступ к файлу "C:\\Data\\iikoCard5POS.mdf", так как этот файл занят другим процессом.',
    'Unable to open the physical file "C:\\Data\\iikoCard5POS.mdf". Operating system error 32: "32(The process cannot access the file because it is being used by another process.)".',
    "There is a file sharing violation. A different process might be using the file. [ C:\\Data\\card.sdf ]",
    "Cannot attach the file 'C:\\Data\\iikoCard5POS.mdf' as database 'iikoCard5POS'.",
  ],
  database_unreadable: [
    "unable to open database file",
    "attempt to write a readonly database",
    'Cannot open database "iikoCard5POS" requested by the login. The login failed.',
    "Login failed for user 'NT AUTHORITY\\NETWORK SERVICE'.",
    'Ошибка входа пользователя "NT AUTHORITY\\NETWORK SERVICE".',
    "Access to the path 'C:\\Data\\iikoCard5POS.db' is denied.",
    'Отказано в доступе по пути "C:\\Data\\iikoCard5POS.mdf".',
  ],
  database_server_silent: [
    "A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible.",
    "При установлении соединения с SQL Server произошла ошибка, связанная с сетью или с определенным экземпляром.",
    "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.",
    "Время ожидания выполнения истекло. Время ожидания истекло до завершения операции, или сервер не отвечает.",
    "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.",
    "Local Database Runtime error occurred. Error occurred during LocalDB instance startup",
    "Failed to generate a user instance of SQL Server due to a failure in starting the process",
  ],
  database_damaged: [
    "База данных повреждена: изменения не применяются (guest_wallet)",
    "Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)",
    "Повреждена таблица guest_wallet базы данных",
    "БД повреждена",
    "database disk image is malformed",
    "SQLite Error 11: 'database disk image is malformed'.",
    "file is not a database",
    "file is encrypted or is not a database",
    "The database 'iikoCard' is corrupted at page 118",
    "Table guest_wallet is marked as damaged",
    "SQL Server detected a logical consistency-based I/O error: incorrect checksum (expected: 0x1; actual: 0x2).",
    "SQL Server обнаружил логическую ошибку ввода-вывода, связанную с согласованностью: неправильная контрольная сумма",
    "Database 'iikoCard5POS' cannot be opened. It has been marked SUSPECT by recovery.",
    "The header for file 'C:\\Data\\iikoCard5POS.mdf' is not a valid database file header.",
    "The database file may be corrupted. Run the repair utility to check the database file.",
  ],
  processing_failed: [
    "Ошибка обработки в iiko.biz",
    "Error while processing the request in iiko.biz",
    "The remote server returned an error: (500) Internal Server Error.",
    "Удаленный сервер возвратил ошибку: (503) Сервер не доступен.",
    "Response status code does not indicate success: 502 (Bad Gateway).",
  ],
  clock_wrong: [
    "Время POS-сервера расходится с временем главного сервера на 14 мин",
    "Clock skew is too great",
    "The token is not yet valid",
  ],
  amqp_closed: [
    "None of the specified endpoints were reachable",
    "RabbitMQ.Client.Exceptions.BrokerUnreachableException",
    "Нет связи с RabbitMQ",
    "connect ECONNREFUSED 10.0.0.1:5671",
  ],
  main_server_name: [
    "No such host is known",
    "No such host is known. (iiko.biz:443)",
    "Этот хост неизвестен",
    "The remote name could not be resolved: 'iiko.biz'",
    'Невозможно разрешить удаленное имя: "iiko.biz"',
    "getaddrinfo ENOTFOUND iiko.biz",
    "Name or service not known",
    "The requested name is valid, but no data of the requested type was found",
    "Адрес главного сервера не найден",
    "Имя главного сервера не найдено",
  ],
  secure_channel_failed: [
    "The request was aborted: Could not create SSL/TLS secure channel.",
    "Запрос был прерван: Не удалось создать защищенный канал SSL/TLS.",
    "The SSL connection could not be established, see inner exception.",
    "The remote certificate is invalid according to the validation procedure.",
    "Базовое соединение закрыто: Не удалось установить доверительные отношения для защищенного канала SSL/TLS.",
  ],
  main_server_timeout: [
    "Превышено время ожидания ответа главного сервера (30 с)",
    "The operation has timed out",
    "Время ожидания операции истекло",
    "A task was canceled.",
    "The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
    "A connection attempt failed because the connected party did not properly respond after a period of time",
    "Попытка установить соединение была безуспешной, т.к. от другого компьютера за требуемое время не получен нужный отклик",
    "connect ETIMEDOUT 10.0.0.1:443",
    "The remote server returned an error: (504) Gateway Timeout.",
    "Exchange failed ---> System.TimeoutException",
  ],
  main_server_silent: [
    "Нет связи с главным сервером: соединение разорвано",
    "Связь с главным сервером прервана",
    "Главный сервер не ответил",
    "The connection was reset by the remote host",
    "Unable to connect to the remote server",
    "Невозможно соединиться с удаленным сервером",
    "No connection could be made because the target machine actively refused it 10.0.0.1:443",
    "Подключение не установлено, т.к. конечный компьютер отверг запрос на подключение 10.0.0.1:443",
    "An existing connection was forcibly closed by the remote host",
    "Удаленный хост принудительно разорвал существующее подключение",
    "The underlying connection was closed: An unexpected error occurred on a receive.",
    "A socket operation was attempted to an unreachable network",
    "Unable to read data from the transport connection",
    "An error occurred while sending the request.",
    "read ECONNRESET",
  ],
  exchange_failed: [
    "",
    "E-17",
    "что-то новое",
    "Error while exchanging with server",
    "Пакет повреждён при передаче",
    "База данных на главном сервере недоступна",
    "База данных на главном сервере повреждена",
    "Database on the main server is corrupted",
    "Превышено время ожидания запроса к POS-серверу",
    "An address incompatible with the requested protocol was used",
    "The process cannot access the file 'C:\\Temp\\update.zip' because it is being used by another process.",
  ],
};

for (const [cause, texts] of Object.entries(TEXTS)) {
  t.test(`what an error says: ${cause}`, async (t) => {
    for (const syncError of texts) t.equal(advise({ syncError })?.cause, cause, syncError);
  });
}

/** What each cause asks for when it is one POS server's own. */
const STEPS: Partial<Record<Cause, RecommendedStep>> = {
  bound_elsewhere: "correct_crm_id",
  protocol_unsupported: "update",
  disk_full: "free_disk",
  database_held: "release_database",
  database_unreadable: "allow_database",
  database_server_silent: "restart_database",
  database_damaged: "reset_database",
  processing_failed: "wait",
  clock_wrong: "set_clock",
  amqp_closed: "mend_network",
  main_server_name: "mend_network",
  secure_channel_failed: "mend_network",
  main_server_timeout: "get_logs",
  main_server_silent: "get_logs",
  exchange_failed: "get_logs",
};

t.test("each of them has its step", async (t) => {
  t.same(Object.keys(STEPS).sort(), Object.keys(TEXTS).sort());
  for (const [cause, step] of Object.entries(STEPS)) {
    for (const syncError of TEXTS[cause as Cause] ?? [])
      t.equal(advise({ syncError })?.step, step, syncError);
  }
});

const AFTER_A_FAILURE: Record<FailureCode, RecommendedStep> = {
  dns: "check_connection",
  connect_refused: "check_connection",
  connect_timeout: "check_connection",
  tls: "check_connection",
  certificate_changed: "reconnect",
  unauthorized: "reconnect",
  http_status: "check_connection",
  response_timeout: "check_connection",
  too_large: "check_connection",
  invalid_json: "check_connection",
  invalid_report: "check_connection",
  unsupported_protocol: "check_connection",
  wrong_pos_server: "reconnect",
  wrong_crm_id: "correct_crm_id",
  unexpected: "check_connection",
};

t.test("every failure of polls has its step, whatever the last report said", async (t) => {
  t.same(Object.keys(AFTER_A_FAILURE).sort(), [...FAILURE_CODES].sort());
  for (const [code, step] of Object.entries(AFTER_A_FAILURE)) {
    const failureCode = code as FailureCode;
    const facts = { syncError: "БД повреждена", failedChecks: checked("disk:little") };
    const cause = pollCause(failureCode);
    t.match(
      advise({ state: "unreachable", failureCode, ...facts }),
      { cause, step, meaning: "unknown" },
      code,
    );
  }
  t.match(advise({ state: "unreachable" }), { cause: "no_answer", step: "check_connection" });
});

/** What the checks tell, where the POS server says nothing that is known. */
const FROM_CHECKS: [failed: string[], Cause, RecommendedStep][] = [
  [["disk:little"], "disk_full", "free_disk"],
  [["database:missing"], "database_missing", "restart_service"],
  [["database:empty"], "database_damaged", "reset_database"],
  [["database:wrong_header"], "database_damaged", "reset_database"],
  [["database:unreadable:EACCES"], "database_unreadable", "allow_database"],
  [["database:something_new"], "database_unreadable", "allow_database"],
  [["database"], "database_unreadable", "allow_database"],
  [["main_server_dns:ENOTFOUND", "main_server_tcp:ENOTFOUND"], "main_server_name", "mend_network"],
  [["main_server_tcp:timeout", "amqp:timeout"], "main_server_closed", "mend_network"],
  [["clock"], "clock_wrong", "set_clock"],
  [["amqp:ECONNREFUSED"], "amqp_closed", "mend_network"],
];

t.test("the checks tell the cause where the POS server does not", async (t) => {
  for (const [failed, cause, step] of FROM_CHECKS) {
    const expected = { cause, step, isFromChecks: true };
    const failedChecks = checked(...failed);
    t.match(advise({ syncError: "E-17", failedChecks }), expected, `${failed} with an error`);
    t.match(advise({ state: "sync_stale", failedChecks }), expected, `${failed} without an exchange`);
    t.match(advise({ state: "sync_stale", lastSyncAt: null, failedChecks }), expected);
  }
  for (const nothing of ["service:stopped", "port:refused", "url_acl:missing", "account:x", "printer:x"]) {
    t.equal(advise({ syncError: "E-17", failedChecks: checked(nothing) })?.cause, "exchange_failed", nothing);
  }
});

t.test("what the POS server says certainly counts more than the checks", async (t) => {
  const failedChecks = checked("disk:little", "clock", "main_server_dns:ENOTFOUND");
  t.equal(advise({ syncError: "database is locked", failedChecks })?.cause, "database_held");
  t.equal(
    advise({ syncError: "Версия протокола не поддерживается", failedChecks })?.cause,
    "protocol_unsupported",
  );
});

t.test("where it only says that there is no connection, the checks say why", async (t) => {
  for (const syncError of ["Нет связи с главным сервером", "The operation has timed out"]) {
    t.equal(advise({ syncError, failedChecks: checked("main_server_dns") })?.cause, "main_server_name");
    t.equal(advise({ syncError, failedChecks: checked("main_server_tcp") })?.cause, "main_server_closed");
    t.equal(advise({ syncError, failedChecks: checked("disk") })?.isFromChecks, false);
  }
  const syncError = "Could not create SSL/TLS secure channel";
  t.equal(advise({ syncError, failedChecks: checked("clock") })?.cause, "clock_wrong");
  t.equal(advise({ syncError, clockShiftMs: -3 * 3_600_000 })?.cause, "clock_wrong", "an old agent's too");
  t.equal(advise({ syncError, clockShiftMs: 60_000 })?.cause, "secure_channel_failed");
});

t.test("a service is started where it can be", async (t) => {
  const of = (serviceState: ProblemFacts["serviceState"]) =>
    advise({ state: "service_stopped", serviceState, syncError: "БД повреждена" });
  t.match(of("stopped"), { cause: "service_stopped", step: "start_service", meaning: "closed" });
  t.match(of("stopping"), { cause: "service_stopping", step: "get_logs", meaning: "closed" });
  t.match(of("not_installed"), { cause: "service_missing", step: "get_logs", meaning: "closed" });
});

t.test("one that answers no till is restarted, unless its address is forbidden", async (t) => {
  const of = (...failed: string[]) =>
    advise({ state: "not_serving", syncError: "БД повреждена", failedChecks: checked(...failed) });
  t.match(of("port:refused"), { cause: "not_serving", step: "restart_service", meaning: "closed" });
  t.match(of("port:refused", "url_acl:missing"), { cause: "url_acl_missing", step: "allow_address" });
});

t.test("an exchange that nobody saw asks for the logs", async (t) => {
  t.match(advise({ state: "sync_stale" }), { cause: "exchange_silent", step: "get_logs" });
  t.match(advise({ state: "sync_stale", lastSyncAt: null }), {
    cause: "exchange_not_found",
    step: "get_logs",
  });
  const unusablePatterns = "/logs/failed/0: no";
  t.match(advise({ state: "sync_stale", unusablePatterns }), { cause: "log_patterns_unusable" });
});

t.test("an agent that finds no exchange in its log is taught, where it can be", async (t) => {
  const silent: Partial<ProblemFacts> = { state: "sync_stale", lastSyncAt: null, configurationId: "" };
  const stepOf = (facts: Partial<ProblemFacts>) => advise({ ...silent, ...facts })?.step;
  t.match(advise(silent), { cause: "exchange_not_found", step: "teach_log", todo: "teach_log" });
  t.equal(stepOf({ configurationId: null }), "get_logs", "of before");
  t.equal(stepOf({ lastSyncAt: 1, logsUnmatched: 1 }), "teach_log", "its wording has changed");
  t.equal(stepOf({ lastSyncAt: 1, logsUnmatched: 0 }), "get_logs");
  t.equal(stepOf({ unusablePatterns: "/logs/failed/0: no" }), "get_logs");
  t.equal(stepOf({ state: "sync_error", syncError: "boom", logsUnmatched: 1 }), "get_logs");
});

t.test("of a common cause nothing is done at one POS server, unless it is its own", async (t) => {
  const isCommon = true;
  const stepOf = (facts: Partial<ProblemFacts>) => advise({ ...facts, isCommon })?.step;
  t.equal(stepOf({ syncError: "Превышено время ожидания ответа главного сервера" }), "wait");
  t.equal(stepOf({ syncError: "что-то новое" }), "wait");
  t.equal(stepOf({ syncError: "БД повреждена" }), "wait", "never a reset of many");
  t.equal(stepOf({ syncError: "Версия протокола не поддерживается" }), "update");
  t.equal(stepOf({ state: "unreachable", failureCode: "connect_timeout" }), "wait");
  t.equal(stepOf({ state: "unreachable", failureCode: "unauthorized" }), "reconnect");
});

t.test("a reset is never recommended where the network is the cause", async (t) => {
  for (const cause of CAUSES) {
    const { step, resetFails } = CATALOGUE[cause];
    if (resetFails) t.not(step, "reset_database", cause);
  }
  for (const cause of [
    "main_server_name",
    "main_server_timeout",
    "main_server_silent",
    "amqp_closed",
  ] as const) {
    for (const syncError of TEXTS[cause] ?? [])
      t.equal(advise({ syncError })?.resetFails, "network", syncError);
  }
  for (const cutOff of ["main_server_dns:ENOTFOUND", "main_server_tcp:timeout"]) {
    t.match(
      advise({ syncError: "БД повреждена", failedChecks: checked(cutOff) }),
      { cause: "database_damaged", step: "mend_network", resetFails: "network", todo: "network_first" },
      "a new database would stay empty",
    );
  }
});

t.test("where the exchange works, or nothing is known yet, nothing is urgent", async (t) => {
  for (const state of POS_SERVER_STATES.filter((state) => !PROBLEM_STATES.includes(state))) {
    t.equal(
      advise({ state, syncError: "БД повреждена", failedChecks: checked("disk") })?.step ?? null,
      null,
      state,
    );
  }
  t.match(advise({ state: "update_required" }), { cause: "version_old", meaning: "works" });
  t.match(advise({ state: "unsupported" }), { cause: "version_unsupported", meaning: "unwatched" });
});

t.test("every step is asked for by a cause, and every problem has one", async (t) => {
  const asked = new Set(CAUSES.map((cause) => CATALOGUE[cause].step));
  for (const step of RECOMMENDED_STEPS) t.ok(asked.has(step), step);
  for (const state of PROBLEM_STATES) t.ok(advise({ state, syncError: null })?.step, state);
});

t.test("a text made to hurt holds nobody up", async (t) => {
  const texts = ["database ", "timed out ", "сервер ", "повреж ", "SSL ", "a", ".mdf ", "время ожидания "];
  const began = process.cpuUsage();
  for (const text of texts) advise({ syncError: text.repeat(2_000).slice(0, 2_000) });
  const { user, system } = process.cpuUsage(began);
  t.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms of CPU`);
});
