import type { FastifyInstance } from "fastify";
import { versionSortKey } from "../../protocol/versions.ts";
import { buildCommand } from "../agents/agent-packages.ts";
import { countRows } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { agentsModel, type KnownRollout, ofVersionModel, UNKNOWN_VERSION } from "./agents-model.ts";
import {
  countLeft,
  countUpdates,
  findRollout,
  selectCandidates,
  selectUpdatable,
  type WantedVersion,
} from "./rollout.ts";

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
      counts: await countUpdates(db, rollout.id),
      unfinished: await listUnfinished(db, rollout.id, LISTED),
      left: await countLeft(db, rollout),
    };
  }
}

export type NamedPosServer = Awaited<ReturnType<typeof withNames>>[number];

/** By name. @param version null = unknown. */
async function listOfVersion(db: Db, version: string | null, limit: number) {
  const posServers = db.selectFrom("posStatus").where("standing", "<>", "archived");
  return await withNames(posServers.where("agentVersion", "is", version), limit);
}

/** POS servers with which a rollout can begin, by name. */
export async function listPossibleFirst(db: Db, wanted: WantedVersion, limit: number) {
  return await withNames(selectCandidates(db, wanted), limit);
}

async function withNames(posServers: ReturnType<typeof selectCandidates>, limit: number) {
  return await posServers
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName"])
    .orderBy("posStatus.nameSort")
    .orderBy("posServer.id")
    .limit(limit)
    .execute();
}

/** Failures first, then the newest. */
async function listUnfinished(db: Db, rolloutId: number, limit: number) {
  return await db
    .selectFrom("agentUpdate")
    .innerJoin("posServer", "posServer.id", "agentUpdate.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["posServer.id", "posServer.name", "organization.name as organizationName"])
    .select(["state", "stateSince", "againAt"])
    .select(["failureCode", "failureDetail"])
    .where("rolloutId", "=", rolloutId)
    .where("state", "<>", "done")
    .orderBy(({ eb }) => eb("state", "<>", "failed"))
    .orderBy("stateSince", "desc")
    .limit(limit)
    .execute();
}
export type UnfinishedUpdate = Awaited<ReturnType<typeof listUnfinished>>[number];

export interface VersionCount {
  /** null = the agent does not say, or has never answered. */
  version: string | null;
  posServers: number;
  /** Such as `win32-x64`, the most frequent first. */
  platforms: { platform: string; posServers: number }[];
  /** How many accept updates, whoever signed them. */
  takeUpdates: number;
}

/** Of POS servers that are not archived: the newest version first, unknown ones last. */
async function countVersions(db: Db): Promise<VersionCount[]> {
  const rows = await db
    .selectFrom("posStatus")
    .select(["agentVersion as version", "agentPlatform as platform"])
    .select(({ fn, eb }) => [
      fn.countAll<number>().as("count"),
      fn.sum<number>(eb("updateKey", "is not", null)).as("takeUpdates"),
    ])
    .where("standing", "<>", "archived")
    .groupBy(["agentVersion", "agentPlatform"])
    .orderBy("count", "desc")
    .execute();
  const versions = new Map<string | null, VersionCount>();
  for (const { version, platform, count, takeUpdates } of rows) {
    const known = versions.get(version) ?? { version, posServers: 0, platforms: [], takeUpdates: 0 };
    known.posServers += count;
    known.takeUpdates += takeUpdates;
    if (platform !== null) known.platforms.push({ platform, posServers: count });
    versions.set(version, known);
  }
  return [...versions.values()].sort((one, other) => (sortKey(one) < sortKey(other) ? 1 : -1));
}

function sortKey({ version }: VersionCount): string {
  return version === null ? "" : (versionSortKey(version) ?? version);
}

export interface UpdatableCount {
  all: number;
  answering: number;
}

export async function countUpdatable(db: Db, wanted: WantedVersion): Promise<UpdatableCount> {
  return {
    all: await countRows(selectUpdatable(db, wanted)),
    answering: await countRows(selectCandidates(db, wanted)),
  };
}
