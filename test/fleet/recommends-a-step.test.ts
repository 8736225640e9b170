import t from "tap";
import {
  type Cause,
  causeOf,
  type ProblemFacts,
  type RecommendedStep,
  recommendedStep,
} from "../../src/monitor/fleet/causes.ts";
import { POS_SERVER_STATES, PROBLEM_STATES } from "../../src/monitor/fleet/state.ts";
import { FAILURE_CODES, type FailureCode } from "../../src/monitor/pos-client/failure.ts";

function stepFor(facts: Partial<ProblemFacts>): RecommendedStep | null {
  return recommendedStep({
    state: "sync_error",
    syncError: null,
    failureCode: null,
    serviceState: "running",
    isCommon: false,
    ...facts,
  });
}

const AFTER_AN_ERROR: [string, RecommendedStep][] = [
  ["База данных повреждена: изменения не применяются (guest_wallet)", "reset_database"],
  ["Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)", "reset_database"],
  ["Повреждена таблица guest_wallet базы данных", "reset_database"],
  ["БД повреждена", "reset_database"],
  ["database disk image is malformed", "reset_database"],
  ["The database 'iikoCard' is corrupted at page 118", "reset_database"],
  ["Table guest_wallet is marked as damaged", "reset_database"],
  ["Превышено время ожидания ответа главного сервера (30 с)", "get_logs"],
  ["База данных на главном сервере недоступна", "get_logs"],
  ["Пакет повреждён при передаче", "get_logs"],
  ["Database is locked", "get_logs"],
  ["", "get_logs"],
  ["что-то новое", "get_logs"],
];

for (const [syncError, step] of AFTER_AN_ERROR) {
  t.test(`«${syncError}» → ${step}`, async (t) => {
    t.equal(stepFor({ syncError }), step);
  });
}

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
    t.equal(stepFor({ state: "unreachable", failureCode, syncError: "БД повреждена" }), step, code);
  }
});

t.test("a service is started where it can be", async (t) => {
  const stepOf = (serviceState: ProblemFacts["serviceState"]) =>
    stepFor({ state: "service_stopped", serviceState, syncError: "БД повреждена" });
  t.equal(stepOf("stopped"), "start_service");
  t.equal(stepOf("stopping"), "get_logs");
  t.equal(stepOf("not_installed"), "get_logs");
});

t.test("an exchange that nobody saw asks for the logs", async (t) => {
  t.equal(stepFor({ state: "sync_stale" }), "get_logs");
});

t.test("of a common cause nothing is done at one POS server, unless it is its own", async (t) => {
  t.equal(stepFor({ syncError: "Превышено время ожидания", isCommon: true }), "wait");
  t.equal(stepFor({ state: "unreachable", failureCode: "connect_timeout", isCommon: true }), "wait");
  t.equal(stepFor({ state: "unreachable", failureCode: "unauthorized", isCommon: true }), "reconnect");
});

t.test("where the exchange works, or nothing is known yet, nothing is recommended", async (t) => {
  for (const state of POS_SERVER_STATES.filter((state) => !PROBLEM_STATES.includes(state))) {
    t.equal(stepFor({ state, syncError: "БД повреждена" }), null, state);
  }
});

const CAUSES: [string, Cause][] = [
  ["нарушена целостность базы", "database_damaged"],
  ["Нет связи с главным сервером: соединение разорвано", "main_server_silent"],
  ["Связь с главным сервером прервана", "main_server_silent"],
  ["Превышено время ожидания ответа главного сервера (30 с)", "main_server_silent"],
  ["The connection was reset by the remote host", "main_server_silent"],
  ["Unable to connect to the remote server", "main_server_silent"],
  ["Превышено время ожидания запроса к POS-серверу", "exchange_failed"],
  ["Ошибка обработки в iiko.biz", "exchange_failed"],
  ["", "exchange_failed"],
];

t.test("an error of the exchange has a cause where its words tell of one", async (t) => {
  for (const [syncError, cause] of CAUSES) {
    t.equal(
      causeOf({ state: "sync_error", syncError, serviceState: "running", lastSyncAt: 1 }),
      cause,
      syncError,
    );
  }
});

t.test("what is no error of the exchange has its cause from the state", async (t) => {
  const facts = { syncError: null, serviceState: "running", lastSyncAt: 1 } as const;
  t.equal(causeOf({ ...facts, state: "sync_stale" }), "exchange_silent");
  t.equal(causeOf({ ...facts, state: "sync_stale", lastSyncAt: null }), "exchange_not_found");
  t.equal(
    causeOf({ ...facts, state: "sync_stale", lastSyncAt: null, unusablePatterns: "/logs/failed/0: no" }),
    "log_patterns_unusable",
  );
  t.equal(causeOf({ ...facts, state: "service_stopped", serviceState: "stopping" }), "service_stopped");
  t.equal(causeOf({ ...facts, state: "service_stopped", serviceState: "not_installed" }), "service_missing");
  t.equal(causeOf({ ...facts, state: "unreachable", syncError: "БД повреждена" }), "no_answer");
  for (const state of POS_SERVER_STATES.filter((state) => !PROBLEM_STATES.includes(state))) {
    t.equal(causeOf({ ...facts, state, syncError: "БД повреждена" }), null, state);
  }
});
