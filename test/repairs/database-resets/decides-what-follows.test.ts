import t from "tap";
import { afterReset, provingExchange } from "../../../src/monitor/repairs/database-resets/after-reset.ts";
import {
  adviceFor,
  commandFailureInWords,
  logsFailureInWords,
  refusalInWords,
} from "../../../src/monitor/repairs/database-resets/words.ts";
import logWords from "../../../src/monitor/translations/ru/log-archives.json" with { type: "json" };
import repairWords from "../../../src/monitor/translations/ru/repairs.json" with { type: "json" };
import { LANGUAGES, translator } from "../../../src/monitor/viewer/language.ts";
import { COMMAND_ERRORS, type DatabaseResetReport } from "../../../src/protocol/commands.ts";
import { START } from "../../helpers/clock.ts";

const BEGUN = START;
const RESET = START + 5_000;
const NOW = START + 60_000;
const SHIFT = -3_600_000;

function report(changes: Partial<DatabaseResetReport> = {}): DatabaseResetReport {
  return {
    step: "done",
    resetAt: new Date(RESET - SHIFT).toISOString(),
    movedFiles: [],
    service: "running",
    ...changes,
  };
}

t.test("what follows from the report of a reset", async (t) => {
  const follows = (changes: Partial<DatabaseResetReport>, startService = 1) =>
    afterReset(report(changes), NOW, { begunAt: BEGUN, startService }, SHIFT);
  t.match(follows({}), { step: "awaiting_sync", resetAt: RESET, failure: null });
  t.match(follows({ service: "starting" }), { step: "awaiting_sync" });
  t.match(follows({ service: null }), { step: "awaiting_sync" }, "it was told to start it");
  t.match(follows({ service: null }, 0), { step: "awaiting_start" });
  t.match(follows({ service: "stopped" }), { step: "awaiting_start" });
  t.match(follows({ service: "stopped" }, 0), { step: "awaiting_start" });
  t.match(follows({ service: "running" }, 0), { step: "awaiting_sync" }, "something else started it");
  const error = { error: "start_timeout", message: "not running" };
  t.match(follows({ step: "failed", error, service: "stopped" }), {
    step: "awaiting_start",
    resetAt: RESET,
    failure: { code: "start_timeout", detail: "not running" },
  });
  t.match(follows({ step: "failed", error, resetAt: null }), { step: "failed", resetAt: null });
  t.match(follows({ step: "failed", error: null, resetAt: null }), { failure: { code: "command_failed" } });
  t.match(
    follows({ step: "failed", resetAt: null, error: { error: "<b>", message: "a\nb" } }),
    { failure: { code: "command_failed", detail: "a b" } },
    "nothing that a POS server says is taken as it is",
  );
});

t.test("the time of a reset lies between the command and its answer", async (t) => {
  const at = (ms: number) =>
    afterReset(report({ resetAt: new Date(ms).toISOString() }), NOW, { begunAt: BEGUN, startService: 1 }, 0)
      .resetAt;
  t.equal(at(RESET), RESET);
  t.equal(at(BEGUN - 86_400_000), BEGUN);
  t.equal(at(NOW + 86_400_000), NOW);
});

t.test("which exchange proves that a reset has helped", async (t) => {
  const healthy = {
    state: "synced",
    lastUpdateAt: NOW,
    lastSyncAt: NOW - 5_000,
    databaseExists: 1,
    databaseCreatedAt: RESET + 2_000,
  } as const;
  t.equal(provingExchange(healthy, RESET), NOW - 5_000);
  t.equal(provingExchange({ ...healthy, state: "update_required" }, RESET), NOW - 5_000);
  for (const [why, changes] of Object.entries({
    "its service is stopped": { state: "service_stopped" },
    "its last exchange failed": { state: "sync_error" },
    "it does not answer": { state: "unreachable" },
    "there is no database": { databaseExists: 0, databaseCreatedAt: null },
    "nobody knows whether there is a database": { databaseExists: null },
    "nobody knows when the database was created": { databaseCreatedAt: null },
    "the database is the old one": { databaseCreatedAt: RESET - 86_400_000 },
    "no exchange is known": { lastSyncAt: null },
    "the exchange is older than the database": { lastSyncAt: RESET + 1_000 },
    "the report is older than the reset": { lastUpdateAt: RESET - 1 },
  } as const)) {
    t.equal(provingExchange({ ...healthy, ...changes }, RESET), null, why);
  }
});

t.test("every failure and every step has its words", async (t) => {
  for (const language of LANGUAGES) {
    const words = { t: translator(language) };
    const { open: _isNoEnd, ...failures } = repairWords.databaseReset.failure;
    for (const code of [...Object.keys(failures), ...COMMAND_ERRORS]) {
      t.notMatch(commandFailureInWords(words, { code, detail: "" }), `: ${code}`, code);
      if (code !== "command_failed") t.not(adviceFor(words, code), adviceFor(words, "brand_new"), code);
    }
    for (const code of ["open", "crm_id_empty", "crm_id_differs", "no_database", "parked", "dns"]) {
      t.notMatch(refusalInWords(words, { code, detail: "" }), /databaseReset|_/, code);
    }
    for (const code of [...Object.keys(logWords.logFailure), "dns"]) {
      const told = { code: "archives_failed", detail: `broken_off, ${code}` };
      t.notMatch(logsFailureInWords(words, told), /logFailure|_/, code);
    }
    t.match(commandFailureInWords(words, { code: "brand_new", detail: "x" }), /: brand_new: x$/);
  }
});
