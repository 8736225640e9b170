import type { FastifyInstance } from "fastify";
import { atTime } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

export type Health = ReturnType<typeof readHealth>;

/** Reads why pages may be out of date; times in ms UTC, null = all is well. */
export function readHealth({ poller, ownNetwork, database }: FastifyInstance, now: number) {
  return {
    /** Polls are not made, or not saved. */
    stalledSince: poller.stalledSince(),
    /** The monitor itself has no network. */
    networkGoneSince: ownNetwork.goneSince(),
    storageProblem: database.storage.problem(now),
  };
}

/** Why pages may be out of date; null = they are not. */
export function healthInWords(
  viewer: Viewer,
  { storageProblem, stalledSince, networkGoneSince }: Health,
  now: number,
): string | null {
  const { t, format } = viewer;
  if (storageProblem) {
    const { kind, code, since } = storageProblem;
    return t(`posServers.storage.${kind}`, {
      when: atTime(viewer, since, now),
      time: format.clock(since, now),
      code,
    });
  }
  if (stalledSince !== null) return t("posServers.stalled", { time: format.clock(stalledSince, now) });
  if (networkGoneSince === null) return null;
  return t("posServers.networkGone", { time: format.clock(networkGoneSince, now) });
}
