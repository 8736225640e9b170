import type { FastifyInstance } from "fastify";
import type { StorageProblemKind } from "../database/storage-watch.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Whether what pages show is what is; times in ms UTC. */
export interface Health {
  /** Since when polls are not made or not saved; null while all is well. */
  stalledSince: number | null;
  /** Since when the network of Poswatch itself is gone; null = it is there. */
  networkGoneSince: number | null;
  /** Why nothing is saved or read as it should, and since when. */
  storageProblem: { kind: StorageProblemKind; code: string; since: number } | null;
}

export function readHealth({ poller, ownNetwork, database }: FastifyInstance, now: number): Health {
  return {
    stalledSince: poller.stalledSince(),
    networkGoneSince: ownNetwork.goneSince(),
    storageProblem: database.storage.problem(now),
  };
}

/** Why what is shown may not be what is; null = it is. */
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
