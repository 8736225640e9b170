import { setTimeout as delay } from "node:timers/promises";
import { type CallFailure, isAgentAwaited } from "../../pos-client/calls/failure.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import type { CommandFailure } from "./command-failure.ts";

/** How often a POS server is asked how far it is. */
const ASK_EVERY_MS = 1_000;
/** Whether anything happens on a POS server that does not answer for this long, nobody knows. */
const SILENT_FOR_MS = 10 * 60_000;
/** The POS server has limits of its own for each of its steps; one that is not through after this never will be. */
const WHOLE_COMMAND_MS = 30 * 60_000;
/** 4xx answers that pass by themselves, beside those that name themselves `busy`. */
const PASSING_STATUSES = [408, 425, 429];
const NOT_FOUND = 404;

export interface Command<Report> {
  /** Asks how the command with this key goes. */
  read: () => Promise<CallOutcome<Report>>;
  /** Asked right before each time it is begun: whoever wanted it need not have the right to it any more. */
  whatForbids: () => Promise<CommandFailure | null>;
  /** Begins it; safe to repeat, since the same key never acts twice. */
  begin: () => Promise<CallOutcome<Report>>;
  /** Whether the POS server has told of it before. */
  hasBegun?: boolean;
  /** Whether it waits elsewhere for what failed to pass, since the POS server was surely not told. */
  waitsFor: (failure: CallFailure) => boolean;
  isFinished: (report: Report) => boolean;
  /** Notified of every answer and of every failure, so that whoever waits sees how it goes. */
  onNews: (news: { report: Report } | { failure: CallFailure }) => Promise<void>;
  clock: () => number;
  askEveryMs?: number | undefined;
}

/**
 * How a command ended. `refused`: the POS server did nothing; `forbidden`: it was not told, since it may not be;
 * `waits`: it was not told, and nothing has ended; `unknown`: it may have acted or may still act.
 */
export type CommandEnd<Report> =
  | { end: "finished"; report: Report; receivedAt: number }
  | { end: "refused"; failure: CallFailure }
  | { end: "forbidden"; failure: CommandFailure }
  | { end: "waits" }
  | { end: "unknown"; failure: CallFailure | null };

/**
 * Carries a command out on a POS server whatever gets lost on the way: asks how it goes, and begins it only where the
 * POS server knows nothing of it.
 */
export async function followCommand<Report>(
  command: Command<Report>,
  signal: AbortSignal,
): Promise<CommandEnd<Report>> {
  const {
    read,
    whatForbids,
    begin,
    waitsFor,
    isFinished,
    onNews,
    clock,
    askEveryMs = ASK_EVERY_MS,
  } = command;
  let mayHaveBegun = command.hasBegun ?? false;
  const startedAt = clock();
  let heardAt = startedAt;
  for (;;) {
    signal.throwIfAborted();
    let outcome = await read();
    if (!outcome.ok && outcome.failure.status === NOT_FOUND) {
      const forbidden = await whatForbids();
      if (forbidden) {
        return mayHaveBegun ? { end: "unknown", failure: null } : { end: "forbidden", failure: forbidden };
      }
      outcome = await begin();
      if (!outcome.ok && isRefusal(outcome.failure)) return unsuccessful(outcome.failure, true);
      mayHaveBegun ||= !outcome.ok && outcome.failure.isAnswerLost === true;
    }
    signal.throwIfAborted();
    if (!outcome.ok && waitsFor(outcome.failure)) return { end: "waits" };
    if (outcome.ok) {
      heardAt = clock();
      mayHaveBegun = true;
      if (isFinished(outcome.value)) {
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

  /** A refusal of what was begun before tells nothing: it may come from another POS server in its place. */
  function unsuccessful(failure: CallFailure | null, isRefused: boolean): CommandEnd<Report> {
    return failure && isRefused && !mayHaveBegun ? { end: "refused", failure } : { end: "unknown", failure };
  }
}

/** Whether a POS server surely does not know of what it should begin: its agent was away. */
export function wasNotSent(outcome: CallOutcome<unknown>): boolean {
  return !outcome.ok && isAgentAwaited(outcome.failure) && !outcome.failure.isAnswerLost;
}

function isRefusal({ status, error }: CallFailure): boolean {
  if (status === undefined || status < 400 || status >= 500) return false;
  return error !== "busy" && !PASSING_STATUSES.includes(status);
}
