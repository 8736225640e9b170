import { readSettings } from "../installation/settings.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import type { PollerDependencies } from "./poller.ts";
import { savePollResults } from "./save-results.ts";

interface PollNowDependencies extends Omit<PollerDependencies, "log" | "monotonicClock"> {
  onAnswer: (posServerId: number) => void;
}

/** Polls one POS server at once, or joins such a poll under way, unless the way to call it has changed since. */
export type PollNow = (posServerId: number, options?: { isChanged: boolean }) => Promise<StatusOutcome>;

/** «Проверить связь». The outcome is saved like any other, unless the POS server is parked. */
export function createPollNow(dependencies: PollNowDependencies): PollNow {
  const { db, client, absences, ownNetwork, fleet, secretBox, clock, onAnswer } = dependencies;
  const underWay = new Map<number, Promise<StatusOutcome>>();

  return (posServerId, options) => {
    const running = underWay.get(posServerId);
    if (running && !options?.isChanged) return running;
    const poll = pollAndSave(posServerId).finally(() => {
      if (underWay.get(posServerId) === poll) underWay.delete(posServerId);
    });
    underWay.set(posServerId, poll);
    return poll;
  };

  async function pollAndSave(posServerId: number): Promise<StatusOutcome> {
    const called = await readPosServerToCall(db, secretBox, posServerId);
    const outcome: StatusOutcome = called.ok
      ? await client.fetchStatus(called.posServer)
      : { ok: false, failure: called.failure, receivedAt: clock() };
    if (called.isParked) return outcome;
    const intervalMs = called.pollIntervalMs ?? (await readSettings(db)).pollIntervalMs;
    if (absences.note(posServerId, outcome, intervalMs)) return outcome;
    if (await ownNetwork.isInconclusive(outcome)) return outcome;
    const rules = await fleet.stateRules();
    const { outcomes } = await savePollResults(db, [{ posServerId, outcome }], rules);
    const counted = outcomes[0] ?? outcome;
    if (counted.ok) onAnswer(posServerId);
    return counted;
  }
}
