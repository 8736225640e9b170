import { helpUrlOf } from "../../fleet/cause-in-words.ts";
import { causeOfText } from "../../fleet/cause-patterns.ts";
import { waitedUntil } from "../../requests/waiting.ts";
import type { ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { keptFailure } from "../commands/command-failure.ts";
import { isCancellable } from "./cancel-reset.ts";
import type { FoundReset, listResetSteps } from "./find-database-resets.ts";
import { shownSteps } from "./shown-steps.ts";
import { WAIT_FOR_PERSON_MS } from "./step.ts";
import { awaitedUntil, isReportedSince, isServiceBack, type WaitedFor } from "./waited-for.ts";
import { adviceFor, commandFailureInWords, logsFailureInWords } from "./words.ts";

interface ResetInput {
  viewer: Viewer;
  reset: FoundReset;
  posServer: ShownPosServer;
  steps: Awaited<ReturnType<typeof listResetSteps>>;
  waitedFor: WaitedFor;
  /** Somebody tried to cancel it too late. */
  isCancelTooLate: boolean;
  syncTimeoutMs: number;
  now: number;
}

/** The page and dialog of a reset: its steps with their times, what it waits for, and how it ended. */
export function resetModel(input: ResetInput) {
  const { viewer, reset, now } = input;
  const { t, format } = viewer;
  const isFinished = reset.finishedAt !== null;
  const isServiceStopped = isServiceKnownStopped(input);
  const isStarting = input.waitedFor.start?.finishedAt === null;
  return {
    title: t("databaseReset.following", { name: reset.posServerName }),
    subtitle: `${reset.organizationName} · ${t("posServers.crmId", { crmId: reset.crmId })}`,
    url: `/database-resets/${reset.id}`,
    isFinished,
    posServerUrl: `/pos-servers/${reset.posServerId}`,
    asked: t("databaseReset.asked", {
      name: reset.userName ?? reset.userLogin,
      time: format.clock(reset.requestedAt, now),
    }),
    steps: shownSteps(viewer, input.steps, reset, {
      isAgentAwaited: awaitedUntil(reset, input.waitedFor) !== null,
      now,
    }),
    isCancelTooLate: input.isCancelTooLate && reset.failureCode !== "cancelled",
    notes: isFinished ? [] : notes(input),
    trouble: isFinished ? null : trouble(input),
    logs: reset.logRequestId === null ? null : logsLink(reset.logRequestId, input),
    failure: reset.step === "failed" ? failure(input) : null,
    kept: reset.movedBytes > 0 ? kept(input) : null,
    canStartService:
      (reset.step === "awaiting_start" && !isServiceBack(input.waitedFor, reset.stepAt)) ||
      ((isFinished || reset.step === "awaiting_sync") && isServiceStopped && !isStarting),
    canCancel: isCancellable(reset),
    startCancellationUrl: cancellableStart(input),
    goOn: reset.step === "awaiting_decision" ? goOnInWords(viewer, reset) : null,
    canRepeat: reset.step === "failed" && !isHeld(input),
  };
}

function logsLink(id: number, { viewer: { t }, waitedFor: { logs } }: ResetInput) {
  const isFetched = logs?.finishedAt !== null;
  return {
    url: `/log-requests/${id}`,
    text: t(isFetched ? "databaseReset.toLogs" : "databaseReset.toLogsUnderWay"),
  };
}

function cancellableStart({ reset, waitedFor: { start } }: ResetInput): string | null {
  const isWaiting = reset.step === "starting" && start !== null && waitedUntil(start) !== null;
  return isWaiting ? `/service-starts/${start.id}/cancellation` : null;
}

function goOnInWords({ t }: Viewer, { failureCode }: FoundReset): string {
  return t(failureCode === "logs_late" ? "databaseReset.goOnNow" : "databaseReset.goOn");
}

/** By a report newer than the step: before, the service may have been stopped for the reset. */
function isServiceKnownStopped({ reset, posServer }: ResetInput): boolean {
  if (posServer.serviceState !== "stopped") return false;
  return reset.finishedAt !== null || isReportedSince(posServer.lastUpdateAt, reset.stepAt);
}

function notes({ viewer, reset, posServer, waitedFor, syncTimeoutMs, now }: ResetInput): string[] {
  const { t, format } = viewer;
  const until = (ms: number) => format.clock(reset.stepAt + ms, now);
  const text = (key: string, values = {}) => t(`databaseReset.note.${key}`, values);
  const awaited = awaitedUntil(reset, waitedFor);
  if (awaited !== null) {
    const key = reset.step === "starting" ? "agentAwaited.start" : "agentAwaited.reset";
    return [t(key, { time: format.clock(awaited, now) })];
  }
  switch (reset.step) {
    case "fetching_logs": {
      const { plannedBytes, receivedBytes } = waitedFor.logs ?? { plannedBytes: null, receivedBytes: 0 };
      const { expiresAt } = reset;
      const limit = expiresAt === null ? [] : [text("logsUntil", { time: format.clock(expiresAt, now) })];
      if (plannedBytes === null) return [text("logsAskedFor"), ...limit];
      const planned = format.bytes(Math.max(plannedBytes, receivedBytes));
      const sizes = { received: format.bytes(receivedBytes), planned };
      return [text("logsReceived", sizes), ...limit];
    }
    case "awaiting_decision": {
      const key = reset.failureCode === "logs_late" ? "lateDecision" : "decision";
      return [text(key, { time: until(WAIT_FOR_PERSON_MS) })];
    }
    case "resetting":
      return [text(reset.commandStep ?? "contacting")];
    case "awaiting_start":
      return [text("start", { time: until(WAIT_FOR_PERSON_MS) })];
    case "starting":
      return [text("starting_service")];
    case "awaiting_sync": {
      const isDatabaseThere = posServer.databaseExists === 1 && posServer.databaseBytes !== null;
      const size = isDatabaseThere ? format.bytes(posServer.databaseBytes ?? 0) : null;
      return [
        size ? text("newDatabase", { size }) : text("noDatabaseYet"),
        text("exchange", { time: until(syncTimeoutMs) }),
      ];
    }
    default:
      return [];
  }
}

function trouble({ viewer, reset, posServer, waitedFor }: ResetInput): string | null {
  const { start, logs } = waitedFor;
  const isAboutStart =
    reset.step === "starting" || (reset.step === "awaiting_sync" && posServer.serviceState === "stopped");
  const startFailure = isAboutStart && keptFailure(start);
  if (startFailure) return commandFailureInWords(viewer, startFailure);
  if (reset.failureCode === "logs_failed") return logsFailureInWords(viewer, keptFailure(logs));
  const found = keptFailure(reset) ?? (reset.step === "awaiting_sync" ? keptFailure(posServer) : null);
  if (found) return commandFailureInWords(viewer, found);
  if (reset.step !== "awaiting_sync") return null;
  const isNewError = posServer.syncErrorAt !== null && posServer.syncErrorAt >= (reset.resetAt ?? 0);
  return isNewError ? posServer.syncError : null;
}

/** A reset does not help against another program that holds the database. */
function isHeld({ reset: { failureCode }, posServer }: ResetInput): boolean {
  return failureCode === "database_in_use" && causeOfText(posServer.syncError ?? "") === "database_held";
}

function failure(input: ResetInput) {
  const { viewer, reset } = input;
  const code = reset.failureCode ?? "command_failed";
  return {
    lead: code === "cancelled" ? null : viewer.t("databaseReset.hasFailed"),
    text: commandFailureInWords(viewer, { code, detail: reset.failureDetail ?? "" }),
    advice: isHeld(input) ? viewer.t("databaseReset.advice.database_held") : adviceFor(viewer, code),
    helpUrl: isHeld(input) ? helpUrlOf("database_held") : null,
  };
}

function kept({ viewer: { t, format }, reset, posServer }: ResetInput): string {
  const files: unknown[] = JSON.parse(reset.movedFiles);
  const { quarantineDays } = posServer;
  const where = t("databaseReset.kept", {
    files: t("logRequest.files", { count: files.length }),
    size: format.bytes(reset.movedBytes),
  });
  return quarantineDays === null
    ? where
    : `${where} ${t("databaseReset.keptFor", { count: quarantineDays })}`;
}
