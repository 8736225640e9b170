import type { Readable } from "node:stream";
import type { Static, TProperties, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import { AGENT_UPDATES_CALL, UpdateTaken } from "../../protocol/agent-update.ts";
import {
  DatabaseResetReport,
  IDEMPOTENCY_KEY_HEADER,
  NOT_AFTER_HEADER,
  ServiceStartReport,
} from "../../protocol/commands.ts";
import { MonitorPins } from "../../protocol/enrolment.ts";
import { LogExcerpt, LogSearchResult } from "../../protocol/log-lines.ts";
import { ConfigurationTaken, LogKinds, LogPatternTrial } from "../../protocol/log-patterns.ts";
import { type LogArchiveOrder, LogList, type WantedLog } from "../../protocol/logs.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import { CallError, failedOutcome } from "./calls/call-error.ts";
import type { AnswerLimits, CommandLimits } from "./calls/limits.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { StreamedAnswer } from "./calls/streamed-answer.ts";
import type { Call, Transport } from "./calls/transport.ts";
import type { CallOutcome, PosCommands } from "./client.ts";
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

export function createPosCommands({ open, limits, now }: PosCommandOptions): PosCommands {
  const resets = commandsAt("/v1/database-resets", databaseResetReport);
  const starts = commandsAt("/v1/service-starts", serviceStartReport);
  const restarts = commandsAt("/v1/service-restarts", serviceStartReport);
  return {
    async listLogs(posServer, period, signal) {
      const path = `/v1/logs?${new URLSearchParams(period)}`;
      const outcome = await ask(posServer, { path }, limits.logList, logList, signal);
      return outcome.ok ? { ...outcome, value: outcome.value.files } : outcome;
    },
    openLogArchive: (posServer, files, signal) =>
      outcomeOf(posServer, () => openArchive(open, limits.logArchive, posServer, files, signal, now)),
    beginDatabaseReset: resets.begin,
    readDatabaseReset: resets.read,
    beginServiceStart: starts.begin,
    readServiceStart: starts.read,
    beginServiceRestart: restarts.begin,
    readServiceRestart: restarts.read,
    async listLogKinds(posServer, period, signal) {
      const path = `/v1/log-kinds?${new URLSearchParams(period)}`;
      return visible(await ask(posServer, { path }, limits.logKinds, logKinds, signal));
    },
    async readLogExcerpt(posServer, order, signal) {
      const question = { path: "/v1/log-excerpts", order: { body: order } };
      return visible(await ask(posServer, question, limits.logExcerpt, logExcerpt, signal));
    },
    async tryLogPatterns(posServer, patterns, signal) {
      const question = { path: "/v1/log-pattern-trials", order: { body: patterns } };
      return visible(await ask(posServer, question, limits.logPatternTrial, logPatternTrial, signal));
    },
    async searchLogs(posServer, order, signal) {
      const question = { path: "/v1/log-searches", order: { body: order } };
      return visible(await ask(posServer, question, limits.logSearch, logSearchResult, signal));
    },
    putConfiguration(posServer, configuration, signal) {
      const question = { path: "/v1/configuration", order: { method: "PUT", body: configuration } } as const;
      return ask(posServer, question, limits.configuration, configurationTaken, signal);
    },
    postAgentUpdate(posServer, update, signal) {
      const question = { path: `/v1${AGENT_UPDATES_CALL}`, order: { body: update } };
      return ask(posServer, question, limits.agentUpdate, updateTaken, signal);
    },
    putMonitorPins(posServer, pins, signal) {
      const question = { path: "/v1/monitor-pins", order: { method: "PUT", body: pins } } as const;
      return ask(posServer, question, limits.configuration, monitorPins, signal);
    },
  };

  function commandsAt<T extends TSchema>(path: string, report: Validator<TProperties, T>) {
    return {
      begin: (posServer: PosServer, key: string, order: object, notAfter: string | null = null) =>
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
