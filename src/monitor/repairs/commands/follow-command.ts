import { setTimeout as delay } from "node:timers/promises";
import { type CallFailure, isAgentAwaited } from "../../pos-client/calls/failure.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import type { CommandFailure } from "./command-failure.ts";

/** How often a POS server is asked how far it is. */
const ASK_EVERY_MS = 1_000;
/** After this long without an answer a command is given up as unknown. */
const SILENT_FOR_MS = 10 * 60_000;
/** Each step has a limit at the POS server; nothing that still works takes longer. */
const WHOLE_COMMAND_MS = 30 * 60_000;
/** 4xx answers that pass by themselves, besides `busy`. */
const PASSING_STATUSES = [408, 425, 429];
const NOT_FOUND = 404;

interface Command<Report> {
  read: () => Promise<CallOutcome<Report>>;
  /** Asked before each beginning. */
  whatForbids: () => Promise<CommandFailure | null>;
  /** Safe to repeat: the same key never acts twice. */
  begin: () => Promise<CallOutcome<Report>>;
  /** Whether the POS server has reported it before. */
  hasBegun?: boolean;
  /** Whether to wait until a failure passes, when the POS server surely did not get the command. */
  waitsFor: (failure: CallFailure) => boolean;
  isFinished: (report: Report) => boolean;
  onNews: (news: { report: Report } | { failure: CallFailure }) => Promise<void>;
  clock: () => number;
  askEveryMs?: number | undefined;
}

/**
 * `refused`: the POS server did nothing. `forbidden`: it was not sent. `waits`: not sent yet. `unknown`: the POS server
 * may have acted or may still act.
 */
export type CommandEnd<Report> =
  | { end: "finished"; report: Report; receivedAt: number }
  | { end: "refused"; failure: CallFailure }
  | { end: "forbidden"; failure: CommandFailure }
  | { end: "waits" }
  | { end: "unknown"; failure: CallFailure | null };

/** Carries out a command even if answers get lost: asks first, and begins it only if the POS server does not know it. */
export async function followCommand<Report>(
  command: Command<Report>,
  signal: AbortSignal,
): Promise<CommandEnd<Report>> {
  const { clock, onNews, askEveryMs = ASK_EVERY_MS } = command;
  let mayHaveBegun = command.hasBegun ?? false;
  const startedAt = clock();
  let heardAt = startedAt;
  for (;;) {
    signal.throwIfAborted();
    let outcome = await command.read();
    if (!outcome.ok && outcome.failure.status === NOT_FOUND) {
      const forbidden = await command.whatForbids();
      if (forbidden) {
        return mayHaveBegun ? { end: "unknown", failure: null } : { end: "forbidden", failure: forbidden };
      }
      outcome = await command.begin();
      if (!outcome.ok && isRefusal(outcome.failure)) return unsuccessful(outcome.failure, true);
      mayHaveBegun ||= !outcome.ok && outcome.failure.isAnswerLost === true;
    }
    signal.throwIfAborted();
    if (!outcome.ok && command.waitsFor(outcome.failure)) return { end: "waits" };
    if (outcome.ok) {
      heardAt = clock();
      mayHaveBegun = true;
      if (command.isFinished(outcome.value)) {
        return { end: "finished", report: outcome.value, receivedAt: outcome.receivedAt };
      }
      await onNews({ report: outcome.value });
    } else {
      await onNews({ failure: outcome.failure });
    }
    const isSilent = clock() - heardAt >= SILENT_FOR_MS;
    if (isSilent || clock() - startedAt >= WHOLE_COMMAND_MS) {
      const failure = outcome.ok ? null : outcome.failure;
      return unsuccessful(failure, failure?.error === "busy");
    }
    await delay(askEveryMs, undefined, { signal });
  }

  /** A refusal after the beginning proves nothing: another POS server in its place may have given it. */
  function unsuccessful(failure: CallFailure | null, isRefused: boolean): CommandEnd<Report> {
    return failure && isRefused && !mayHaveBegun ? { end: "refused", failure } : { end: "unknown", failure };
  }
}

/** Whether a command surely did not reach the POS server: its agent was away. */
export function wasNotSent(outcome: CallOutcome<unknown>): boolean {
  return !outcome.ok && isAgentAwaited(outcome.failure) && !outcome.failure.isAnswerLost;
}

function isRefusal({ status, error }: CallFailure): boolean {
  if (status === undefined || status < 400 || status >= 500) return false;
  return error !== "busy" && !PASSING_STATUSES.includes(status);
}
