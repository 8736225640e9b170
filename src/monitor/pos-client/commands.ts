import type { Readable } from "node:stream";
import type { Static, TProperties, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { AGENT_UPDATES_CALL, type AgentUpdate, UpdateTaken } from "../../protocol/agent-update.ts";
import {
  type DatabaseResetOrder,
  DatabaseResetReport,
  IDEMPOTENCY_KEY_HEADER,
  NOT_AFTER_HEADER,
  type ServiceStartOrder,
  ServiceStartReport,
} from "../../protocol/commands.ts";
import { MonitorPins } from "../../protocol/enrolment.ts";
import {
  LogExcerpt,
  type LogExcerptOrder,
  type LogSearchOrder,
  LogSearchResult,
} from "../../protocol/log-lines.ts";
import {
  ConfigurationTaken,
  LogKinds,
  LogPatternTrial,
  type TaughtConfiguration,
  type TaughtPatterns,
} from "../../protocol/log-patterns.ts";
import { type LogArchiveOrder, LogList, type LogPeriod, type WantedLog } from "../../protocol/logs.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import { CallError, failedOutcome } from "./calls/call-error.ts";
import type { AnswerLimits, CommandLimits } from "./calls/limits.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { StreamedAnswer } from "./calls/streamed-answer.ts";
import type { Call, Transport } from "./calls/transport.ts";
import type { CallOutcome } from "./client.ts";
import { readJson, readRefusal, refuseEncoded } from "./read-answer.ts";

const ZIP = "application/zip";

const logList = Compile(LogList);
const databaseResetReport = Compile(DatabaseResetReport);
const serviceStartReport = Compile(ServiceStartReport);
const logKinds = Compile(LogKinds);
const logExcerpt = Compile(LogExcerpt);
const logPatternTrial = Compile(LogPatternTrial);
const logSearchResult = Compile(LogSearchResult);
const configurationTaken = Compile(ConfigurationTaken);
const updateTaken = Compile(UpdateTaken);
const monitorPins = Compile(MonitorPins);

interface PosCommandOptions {
  open: Transport["open"];
  limits: CommandLimits;
  /** The monitor's clock, ms UTC. */
  now: () => number;
}

/**
 * Calls other than polls; they reject like `fetchStatus`, and when their signal is aborted. Periods are by the POS server's
 * own clock (ISO 8601).
 */
export function createPosCommands({ open, limits, now }: PosCommandOptions) {
  const resets = commandsAt<DatabaseResetOrder, typeof DatabaseResetReport>(
    "/v1/database-resets",
    databaseResetReport,
  );
  const starts = commandsAt<ServiceStartOrder, typeof ServiceStartReport>(
    "/v1/service-starts",
    serviceStartReport,
  );
  const restarts = commandsAt<ServiceStartOrder, typeof ServiceStartReport>(
    "/v1/service-restarts",
    serviceStartReport,
  );
  return {
    /** Log files written to within the period, newest first. */
    async listLogs(posServer: PosServer, period: LogPeriod, signal: AbortSignal) {
      const path = `/v1/logs?${new URLSearchParams(period)}`;
      const outcome = await ask(posServer, { path }, limits.logList, logList, signal);
      return outcome.ok ? { ...outcome, value: outcome.value.files } : outcome;
    },
    /**
     * A zip of log files, over a connection of its own. The caller reads it to its end, or destroys it, and limits its size.
     * An error is a `CallError` or the signal's reason; a stall of 30 s is `response_timeout`.
     */
    openLogArchive: (posServer: PosServer, files: WantedLog[], signal: AbortSignal) =>
      outcomeOf(posServer, () => openArchive(open, limits.logArchive, posServer, files, signal, now)),
    beginDatabaseReset: resets.begin,
    readDatabaseReset: resets.read,
    beginServiceStart: starts.begin,
    readServiceStart: starts.read,
    /** Stops the service and starts it. */
    beginServiceRestart: restarts.begin,
    readServiceRestart: restarts.read,
    /** The most frequent kinds of log lines of the period. */
    async listLogKinds(posServer: PosServer, period: LogPeriod, signal: AbortSignal) {
      const path = `/v1/log-kinds?${new URLSearchParams(period)}`;
      return visible(await ask(posServer, { path }, limits.logKinds, logKinds, signal));
    },
    /** The entries of a log around an error or a success. */
    readLogExcerpt: ordering<LogExcerptOrder, typeof LogExcerpt>(
      "/v1/log-excerpts",
      limits.logExcerpt,
      logExcerpt,
    ),
    /** Tries patterns on the last day of the log; nothing is stored. */
    tryLogPatterns: ordering<TaughtPatterns, typeof LogPatternTrial>(
      "/v1/log-pattern-trials",
      limits.logPatternTrial,
      logPatternTrial,
    ),
    /** Counts what a text is found in; an agent that is left stops. */
    searchLogs: ordering<LogSearchOrder, typeof LogSearchResult>(
      "/v1/log-searches",
      limits.logSearch,
      logSearchResult,
    ),
    /** Sends an agent its configuration; the same may be sent again. */
    putConfiguration(posServer: PosServer, configuration: TaughtConfiguration, signal: AbortSignal) {
      const question = { path: "/v1/configuration", order: { method: "PUT", body: configuration } } as const;
      return ask(posServer, question, limits.configuration, configurationTaken, signal);
    },
    /** Has an agent restart with another version, as its next report says. The same may be sent again. */
    postAgentUpdate(posServer: PosServer, update: AgentUpdate, signal: AbortSignal) {
      const question = { path: `/v1${AGENT_UPDATES_CALL}`, order: { body: update } };
      return ask(posServer, question, limits.agentUpdate, updateTaken, signal);
    },
    /** Sends a connected agent the keys of the monitor to accept; it answers with those. */
    putMonitorPins(posServer: PosServer, pins: MonitorPins, signal: AbortSignal) {
      const question = { path: "/v1/monitor-pins", order: { method: "PUT", body: pins } } as const;
      return ask(posServer, question, limits.configuration, monitorPins, signal);
    },
  };

  /** A call that sends something and is answered with texts of a log. */
  function ordering<Order, T extends TSchema>(
    path: string,
    bounds: AnswerLimits,
    answer: Validator<TProperties, T>,
  ) {
    return async (posServer: PosServer, body: Order, signal: AbortSignal) =>
      visible(await ask(posServer, { path, order: { body } }, bounds, answer, signal));
  }

  /**
   * `key`: the `Idempotency-Key`; after a lost answer ask again with it. After `notAfter`, by the POS server's clock (ISO
   * 8601), it does not begin.
   */
  function commandsAt<Order extends object, T extends TSchema>(
    path: string,
    report: Validator<TProperties, T>,
  ) {
    return {
      begin: (posServer: PosServer, key: string, order: Order, notAfter: string | null = null) =>
        ask(posServer, orderOf(path, key, order, notAfter), limits.command, report),
      read: (posServer: PosServer, key: string) =>
        ask(posServer, { path: `${path}/${key}` }, limits.command, report),
    };
  }

  function ask<T extends TSchema>(
    posServer: PosServer,
    question: Pick<Call, "path" | "order">,
    { callTimeoutMs, maxBodyBytes }: AnswerLimits,
    validator: Validator<TProperties, T>,
    signal?: AbortSignal,
  ): Promise<CallOutcome<Static<T>>> {
    return outcomeOf(posServer, async () => {
      const { token } = posServer;
      const call = { ...question, accept: "application/json" };
      const deadline = startDeadline(callTimeoutMs);
      try {
        const ending = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
        const options = { stallTimeoutMs: callTimeoutMs, signal: ending };
        const answer = await open(posServer, call, options);
        const isTaken = answer.status === 200 || answer.status === 202;
        if (!isTaken) throw await readRefusal(answer, token, now());
        return await readJson(answer, maxBodyBytes, validator);
      } finally {
        deadline.clear();
      }
    });
  }

  async function outcomeOf<T>(posServer: PosServer, call: () => Promise<T>): Promise<CallOutcome<T>> {
    try {
      return { ok: true, value: await call(), receivedAt: now() };
    } catch (error) {
      return failedOutcome(error, posServer, now());
    }
  }
}

/** Texts in logs may come from anywhere. */
function visible<T>(outcome: CallOutcome<T>): CallOutcome<T> {
  return outcome.ok ? { ...outcome, value: withVisibleTexts(outcome.value) } : outcome;
}

function orderOf(
  path: string,
  key: string,
  body: object,
  notAfter: string | null,
): Pick<Call, "path" | "order"> {
  const headers = {
    [IDEMPOTENCY_KEY_HEADER]: key,
    ...(notAfter !== null && { [NOT_AFTER_HEADER]: notAfter }),
  };
  return { path, order: { body, headers } };
}

/** A signal that ends a call with `response_timeout`, unless it is cleared before. */
function startDeadline(timeoutMs: number) {
  const ending = new AbortController();
  const timer = setTimeout(() => {
    const detail = `answer not complete within ${timeoutMs} ms`;
    ending.abort(new CallError("response_timeout", detail, { isAnswerLost: true }));
  }, timeoutMs);
  return { signal: ending.signal, clear: () => clearTimeout(timer) };
}

/**
 * Waits for the beginning of the zip.
 * @param now the monitor's clock, ms UTC.
 * @throws CallError, or the signal's reason, which ends the stream later too.
 */
async function openArchive(
  open: Transport["open"],
  { openTimeoutMs, stallTimeoutMs }: CommandLimits["logArchive"],
  posServer: PosServer,
  files: WantedLog[],
  signal: AbortSignal,
  now: () => number,
): Promise<Readable> {
  const { token } = posServer;
  const body: LogArchiveOrder = { files };
  const deadline = startDeadline(openTimeoutMs);
  try {
    const answer = await open(
      posServer,
      { path: "/v1/log-archives", accept: ZIP, order: { body } },
      { stallTimeoutMs, signal: AbortSignal.any([signal, deadline.signal]) },
    );
    if (answer.status !== 200) throw await readRefusal(answer, token, now());
    refuseEncoded(answer);
    refuseOtherThanZip(answer);
    return answer.body;
  } finally {
    deadline.clear();
  }
}

function refuseOtherThanZip({ headers, body }: StreamedAnswer): void {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === ZIP) return;
  body.destroy();
  throw new CallError("invalid_json", `no ${ZIP}`);
}
