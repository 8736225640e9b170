import type { Db } from "../database/schema.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { readSettings } from "../installation/settings.ts";
import type { PosClient, StatusOutcome } from "../pos-client/client.ts";
import { readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import type { MomentaryAbsences } from "./momentary-absence.ts";
import type { OwnNetwork } from "./own-network/own-network.ts";
import { savePollResults } from "./save-results.ts";

export interface PollNowDependencies {
  db: Db;
  client: PosClient;
  absences: MomentaryAbsences;
  ownNetwork: Pick<OwnNetwork, "isInconclusive">;
  fleet: Fleet;
  secretBox: SecretBox;
  /** ms UTC. */
  clock: () => number;
  /** Notified which POS server has answered. */
  onAnswer: (posServerId: number) => void;
}

/**
 * Polls one POS server at once. Whoever asks while that poll is under way gets its outcome, unless the way to call it
 * has changed since.
 */
export type PollNow = (posServerId: number, options?: { isChanged: boolean }) => Promise<StatusOutcome>;

/** Makes «Проверить связь». The outcome is saved like that of any poll, unless the POS server is parked. */
export function createPollNow({
  db,
  client,
  absences,
  ownNetwork,
  fleet,
  secretBox,
  clock,
  onAnswer,
}: PollNowDependencies): PollNow {
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
