import t from "tap";
import { CATALOGUE, CAUSES, type Cause, pollCause } from "../../src/monitor/fleet/cause-catalogue.ts";
import { PATTERNS } from "../../src/monitor/fleet/cause-patterns.ts";
import { type Advice, adviceOn, type ProblemFacts } from "../../src/monitor/fleet/causes.ts";
import { failedChecks } from "../../src/monitor/fleet/pos-checks.ts";
import { RECOMMENDED_STEPS, type RecommendedStep } from "../../src/monitor/fleet/recommended-steps.ts";
import { POS_SERVER_STATES, type PosServerState, PROBLEM_STATES } from "../../src/monitor/fleet/state.ts";
import { FAILURE_CODES, type FailureCode, isRefusal } from "../../src/monitor/pos-client/calls/failure.ts";
import { CAUSE_TEXTS } from "../helpers/cause-texts.ts";

function advise(facts: Partial<ProblemFacts>): Advice | null {
  return adviceOn({
    state: "sync_error",
    syncError: null,
    failureCode: null,
    serviceState: "running",
    lastSyncAt: 1,
    untracedSince: null,
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

t.test("what an error says has its cause and its step", async (t) => {
  t.same(Object.keys(STEPS).sort(), Object.keys(CAUSE_TEXTS).sort());
  t.same(new Set(Object.keys(STEPS)), new Set([...PATTERNS.map(([cause]) => cause), "exchange_failed"]));
  for (const [cause, step] of Object.entries(STEPS)) {
    for (const syncError of CAUSE_TEXTS[cause as Cause] ?? [])
      t.match(advise({ syncError }), { cause, step }, syncError);
  }
});

/** After all others the connection is looked at. */
const AFTER_A_FAILURE: Partial<Record<FailureCode, RecommendedStep>> = {
  certificate_changed: "reconnect",
  unauthorized: "reconnect",
  wrong_pos_server: "reconnect",
  wrong_crm_id: "correct_crm_id",
};

t.test("every failure of polls has its step, whatever the last report said", async (t) => {
  for (const failureCode of FAILURE_CODES) {
    const step = AFTER_A_FAILURE[failureCode] ?? "check_connection";
    const facts = { syncError: "БД повреждена", failedChecks: checked("disk:little") };
    const advice = advise({ state: "unreachable", failureCode, ...facts });
    const cause = isRefusal(failureCode) ? pollCause(failureCode) : "no_answer";
    t.match(advice, { cause, step, meaning: "unknown" }, failureCode);
    t.not(advice?.todo, "no_answer", "how it does not answer says what to do");
  }
  t.match(advise({ state: "unreachable" }), { cause: "no_answer", step: "check_connection" });
});

/** What the checks tell, where the POS server says nothing that is known. */
const FROM_CHECKS: [failed: string[], Cause, RecommendedStep][] = [
  [["disk:little"], "disk_full", "free_disk"],
  [["database:missing"], "database_missing", "restart_on_site"],
  [["database:empty"], "database_damaged", "reset_database"],
  [["database:wrong_header"], "database_damaged", "reset_database"],
  [["database:truncated"], "database_damaged", "reset_database"],
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
  const syncError = "Версия протокола не поддерживается";
  t.equal(advise({ syncError, failedChecks })?.cause, "protocol_unsupported");
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

t.test("a service is started where it can be; one that answers no till is restarted", async (t) => {
  const stopped = (serviceState: ProblemFacts["serviceState"]) =>
    advise({ state: "service_stopped", serviceState, syncError: "БД повреждена" });
  t.match(stopped("stopped"), { cause: "service_stopped", step: "start_service", meaning: "closed" });
  t.match(stopped("stopping"), { cause: "service_stopping", step: "get_logs", meaning: "closed" });
  t.match(stopped("not_installed"), { cause: "service_missing", step: "get_logs", meaning: "closed" });
  const of = (...failed: string[]) =>
    advise({ state: "not_serving", syncError: "БД повреждена", failedChecks: checked(...failed) });
  t.match(of("port:refused"), { cause: "not_serving", step: "restart_on_site", meaning: "closed" });
  const offered = { serviceCanRestart: 1, failedChecks: checked("port:refused") };
  const advised = advise({ state: "not_serving", ...offered })?.step;
  t.equal(advised, "restart_service", "from afar, where its agent can");
  t.match(of("port:refused", "url_acl:missing"), { cause: "url_acl_missing", step: "allow_address" });
});

t.test("an exchange that nobody saw asks for the logs, or to teach the agent where it can be", async (t) => {
  t.match(advise({ state: "sync_stale" }), { cause: "exchange_silent", step: "get_logs" });
  const never = advise({ state: "sync_stale", lastSyncAt: null });
  t.match(never, { cause: "exchange_not_found", step: "get_logs" });
  const unusablePatterns = "/logs/failed/0: no";
  t.match(advise({ state: "sync_stale", unusablePatterns }), { cause: "log_patterns_unusable" });
  const silent: Partial<ProblemFacts> = { state: "sync_stale", lastSyncAt: null, configurationId: "" };
  const stepOf = (facts: Partial<ProblemFacts>) => advise({ ...silent, ...facts })?.step;
  t.match(advise(silent), { cause: "exchange_not_found", step: "teach_log", todo: "teach_log" });
  t.equal(stepOf({ configurationId: null }), "get_logs", "of before");
  t.equal(stepOf({ lastSyncAt: 1, logsUnmatched: 1 }), "teach_log", "its wording has changed");
  t.equal(stepOf({ lastSyncAt: 1, logsUnmatched: 0 }), "get_logs");
  t.equal(stepOf({ unusablePatterns }), "get_logs");
  t.equal(stepOf({ state: "sync_error", syncError: "boom", logsUnmatched: 1 }), "get_logs");
});

t.test("an agent that finds no logs has nothing to be taught", async (t) => {
  const found: [facts: Partial<ProblemFacts>, cause: Cause, step: RecommendedStep][] = [
    [{ lastSyncAt: null }, "logs_missing", "find_logs"],
    [{ lastSyncAt: 1 }, "logs_missing", "find_logs"],
    [{ lastSyncAt: null, configurationId: null }, "logs_missing", "find_logs"],
    [{ lastSyncAt: null, isCommon: true }, "logs_missing", "find_logs"],
    [{ lastSyncAt: null, logsFound: 1 }, "exchange_not_found", "teach_log"],
    [{ lastSyncAt: 1, logsFound: 1 }, "exchange_silent", "get_logs"],
    [{ lastSyncAt: null, unusablePatterns: "/logs/failed/0: no" }, "log_patterns_unusable", "get_logs"],
    [{ lastSyncAt: null, failedChecks: checked("disk:little") }, "disk_full", "free_disk"],
    [{ state: "sync_error", syncError: "БД повреждена" }, "database_damaged", "reset_database"],
  ];
  for (const [facts, cause, step] of found) {
    const advice = advise({ state: "sync_stale", configurationId: "", logsFound: 0, ...facts });
    t.match(advice, { cause, step }, JSON.stringify(facts));
  }
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
    for (const syncError of CAUSE_TEXTS[cause] ?? [])
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

t.test("without a problem nothing is advised but to update an old version", async (t) => {
  const update = { step: "update", todo: "update" } as const;
  const expected: Partial<Record<PosServerState, Partial<Advice>>> = {
    update_required: { cause: "version_old", meaning: "works", ...update },
    unsupported: { cause: "version_unsupported", meaning: "unwatched", ...update },
  };
  for (const state of POS_SERVER_STATES.filter((state) => !PROBLEM_STATES.includes(state))) {
    const advice = advise({ state, syncError: "БД повреждена", failedChecks: checked("disk") });
    t.match(advice, expected[state] ?? null, state);
  }
});

t.test("every step is asked for by a cause, and every problem has one", async (t) => {
  const asked = new Set(CAUSES.map((cause) => CATALOGUE[cause].step));
  const wrong = { state: "unreachable", failureCode: "wrong_crm_id" } as const;
  const moved = advise({ ...wrong, reportedOrganizationName: "Пекарня" })?.step;
  t.equal(moved, "move_pos_server", "asked for where the organization is registered whose CrmId it tells");
  const onSite = advise({ state: "not_serving" })?.step;
  for (const step of RECOMMENDED_STEPS) t.ok(asked.has(step) || step === moved || step === onSite, step);
  for (const state of PROBLEM_STATES) t.ok(advise({ state, syncError: null })?.step, state);
});

t.test("a text made to hurt holds nobody up", async (t) => {
  const texts = ["database ", "timed out ", "сервер ", "повреж ", "SSL ", "a", ".mdf ", "время ожидания "];
  const began = process.cpuUsage();
  for (const text of texts) advise({ syncError: text.repeat(2_000).slice(0, 2_000) });
  const { user, system } = process.cpuUsage(began);
  t.ok(user + system < 1_000_000, `${(user + system) / 1_000} ms of CPU`);
});
