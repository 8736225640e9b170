import { setTimeout as delay } from "node:timers/promises";
import type { CallFailure } from "../../pos-client/calls/failure.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import type { RequestTable } from "../../requests/claims.ts";
import { noteTrouble } from "../../requests/waiting.ts";
import { whileWanted } from "../../workers/while-wanted.ts";
import { type CommandFailure, failureOfRefusal, troubleOf } from "./command-failure.ts";
import {
  callPosServer,
  commandIdentity,
  expiryByItsClock,
  isAgentAway,
  type RepairDependencies,
} from "./command-target.ts";

/** How often a POS server is asked how far it is. */
const ASK_EVERY_MS = 1_000;
/** After this long without an answer a command is given up as unknown. */
const SILENT_FOR_MS = 10 * 60_000;
/** Each step has a limit at the POS server; nothing that still works takes longer. */
const WHOLE_COMMAND_MS = 30 * 60_000;
/** 4xx answers that pass by themselves, besides `busy`. */
const PASSING_STATUSES = [408, 425, 429];
const NOT_FOUND = 404;

interface CommandRow {
  id: number;
  posServerId: number;
  idempotencyKey: string;
  connection: PosServer["connection"];
  expiresAt: number | null;
  /** How far the POS server is; null = it has not reported it yet. */
  commandStep: string | null;
}

interface Command<Report extends { step: string }> {
  table: RequestTable;
  row: CommandRow;
  /** When it was sent, ms UTC; null = the POS server surely did not get it. */
  begunAt: number | null;
  /** Keeps the time above. @throws WorkEndedError when the command is finished, such as cancelled. */
  noteBegun: (begunAt: number | null) => Promise<void>;
  /** Keeps how far the POS server is. */
  noteStep: (step: Report["step"]) => Promise<unknown>;
  /** The identity that the command is for; null = the present one. */
  identity: string | null;
  /** Asked before each beginning. */
  whatForbids: () => Promise<CommandFailure | null>;
  /** Safe to repeat: the same key never acts twice. @param notAfter by the POS server's clock. */
  begin: (posServer: PosServer, identity: string, notAfter: string | null) => Promise<CallOutcome<Report>>;
  read: (posServer: PosServer, key: string) => Promise<CallOutcome<Report>>;
}

/** `waits`: not sent yet. `failed`: what the POS server did is unknown where its code is `outcome_unknown`, else nothing. */
export type CommandEnd<Report> =
  | { end: "finished"; report: Report; receivedAt: number; begunAt: number | null }
  | { end: "failed"; failure: CommandFailure }
  | { end: "waits" };

/** Carries out a command even if answers get lost: asks first, and begins it only if the POS server does not know it. */
export async function followCommand<Report extends { step: string }>(
  dependencies: RepairDependencies,
  command: Command<Report>,
  signal: AbortSignal,
): Promise<CommandEnd<Report>> {
  const { db, clock, pauseMs = ASK_EVERY_MS } = dependencies;
  const { table, row } = command;
  let { begunAt } = command;
  let { commandStep } = row;
  let mayHaveBegun = commandStep !== null;
  const startedAt = clock();
  let heardAt = startedAt;
  for (;;) {
    signal.throwIfAborted();
    let outcome = await callPosServer(dependencies, row.posServerId, (posServer) =>
      whileWanted(command.read(posServer, row.idempotencyKey), signal),
    );
    if (!outcome.ok && outcome.failure.status === NOT_FOUND) {
      const forbidden = await command.whatForbids();
      if (forbidden) return mayHaveBegun ? unknown(null) : { end: "failed", failure: forbidden };
      outcome = await callPosServer(dependencies, row.posServerId, begin);
      if (!outcome.ok && isRefusal(outcome.failure)) return refusedOrUnknown(outcome.failure);
      mayHaveBegun ||= !outcome.ok && outcome.failure.isAnswerLost === true;
    }
    signal.throwIfAborted();
    if (!outcome.ok && begunAt === null && isAgentAway(outcome.failure, row.expiresAt))
      return { end: "waits" };
    if (outcome.ok) {
      heardAt = clock();
      mayHaveBegun = true;
      const { value: report, receivedAt } = outcome;
      if (report.step === "done" || report.step === "failed")
        return { end: "finished", report, receivedAt, begunAt };
      await noteTrouble(db, table, row.id, null);
      if (report.step !== commandStep) await command.noteStep(report.step);
      commandStep = report.step;
    } else {
      await noteTrouble(db, table, row.id, troubleOf(outcome.failure));
    }
    const isSilent = clock() - heardAt >= SILENT_FOR_MS;
    if (isSilent || clock() - startedAt >= WHOLE_COMMAND_MS) {
      const failure = outcome.ok ? null : outcome.failure;
      return failure?.error === "busy" ? refusedOrUnknown(failure) : unknown(failure);
    }
    await delay(pauseMs, undefined, { signal });
  }

  async function begin(posServer: PosServer): Promise<CallOutcome<Report>> {
    const named = commandIdentity(dependencies, posServer, command.identity);
    const identity = await whileWanted(named, signal);
    if (!identity.ok) return identity;
    const notAfter = await expiryByItsClock(dependencies, row);
    const wasSent = begunAt !== null;
    if (!wasSent) await noteBegun(clock());
    const outcome = await whileWanted(command.begin(posServer, identity.value, notAfter), signal);
    if (!wasSent && wasNotSent(outcome)) await noteBegun(null);
    return outcome;
  }

  async function noteBegun(at: number | null): Promise<void> {
    await command.noteBegun(at);
    begunAt = at;
  }

  /** A refusal after the beginning proves nothing: another POS server in its place may have given it. */
  function refusedOrUnknown(failure: CallFailure): CommandEnd<Report> {
    return mayHaveBegun ? unknown(failure) : { end: "failed", failure: failureOfRefusal(failure) };
  }
}

function unknown(failure: CallFailure | null): { end: "failed"; failure: CommandFailure } {
  return { end: "failed", failure: { code: "outcome_unknown", detail: failure?.detail ?? "" } };
}

/** Whether a command surely did not reach the POS server: its agent was away. */
function wasNotSent(outcome: CallOutcome<unknown>): boolean {
  return !outcome.ok && outcome.failure.code === "not_connected" && !outcome.failure.isAnswerLost;
}

function isRefusal({ status, error }: CallFailure): boolean {
  if (status === undefined || status < 400 || status >= 500) return false;
  return error !== "busy" && !PASSING_STATUSES.includes(status);
}
