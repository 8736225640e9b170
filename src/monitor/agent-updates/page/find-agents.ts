import type { FastifyInstance } from "fastify";
import { buildCommand } from "../../agents/agent-packages.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { countLeft } from "../rollouts/candidates.ts";
import { findRollout } from "../rollouts/rollout.ts";
import { countWaves } from "../rollouts/waves.ts";
import { UNKNOWN_VERSION } from "./addresses.ts";
import { agentsModel, ofVersionModel } from "./agents-model.ts";
import { countUpdatable, countVersions, listOfVersion, listUnfinished } from "./list-agents.ts";
import type { KnownRollout } from "./rollout-model.ts";

export const LISTED = 200;

/**
 * The versions of agents and the progress of an update, for the page «Агенты».
 * @param chosen the version whose POS servers are listed; empty = none.
 * @returns `shown`: what refreshes itself; `beside`: the rest.
 */
export async function findAgents(
  { database: { db }, offeredUpdates }: Pick<FastifyInstance, "database" | "offeredUpdates">,
  viewer: Viewer,
  chosen: string,
  now: number,
) {
  const { folder } = offeredUpdates;
  const offered = await offeredUpdates.find();
  const versions = await countVersions(db);
  const updatable = typeof offered === "string" ? null : await countUpdatable(db, offered);
  const known = { versions, offered, chosen, folder, updatable, rollout: await findKnownRollout() };
  return {
    shown: agentsModel(viewer, known, now),
    beside: {
      ofVersion: chosen === "" ? null : await ofVersion(chosen === UNKNOWN_VERSION ? null : chosen),
      folder,
      buildCommand: buildCommand(folder),
    },
  };

  async function ofVersion(wanted: string | null) {
    const total = versions.find(({ version }) => version === wanted)?.posServers ?? 0;
    return ofVersionModel(viewer, wanted, { posServers: await listOfVersion(db, wanted, LISTED), total });
  }

  async function findKnownRollout(): Promise<KnownRollout | null> {
    const rollout = await findRollout(db);
    if (!rollout) return null;
    return {
      rollout,
      offered,
      waves: await countWaves(db, rollout.id),
      unfinished: await listUnfinished(db, rollout.id, LISTED),
      left: await countLeft(db, rollout),
    };
  }
}
