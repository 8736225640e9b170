import { versionSortKey } from "../../../protocol/versions.ts";
import { countRows } from "../../database/count-rows.ts";
import type { Db } from "../../database/schema.ts";
import { selectCandidates, selectUpdatable, type WantedVersion } from "../rollouts/candidates.ts";

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
export async function countVersions(db: Db): Promise<VersionCount[]> {
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
