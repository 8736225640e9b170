import { versionSortKey } from "../../../protocol/versions.ts";
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
  /**
   * Why none would: no agent comes from a package that accepts updates; all of these have another key; they have this
   * version or a newer one; they went back from it. null = some would.
   */
  nobody: "no_package" | "other_key" | "no_older" | "rejected" | null;
}

export async function countUpdatable(db: Db, wanted: WantedVersion): Promise<UpdatableCount> {
  const count = async (select: typeof selectUpdatable) =>
    (
      await select(db, wanted)
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow()
    ).count;
  const all = await count(selectUpdatable);
  const answering = await count(selectCandidates);
  return { all, answering, nobody: all > 0 ? null : await whyNobody(db, wanted) };
}

async function whyNobody(db: Db, { version, keyId }: WantedVersion): Promise<UpdatableCount["nobody"]> {
  const counted = await db
    .selectFrom("posStatus")
    .select(({ fn, eb }) => [
      fn.countAll<number>().as("all"),
      fn.sum<number | null>(eb("updateKey", "=", keyId)).as("ofKey"),
      fn.sum<number | null>(eb.and({ updateKey: keyId, rejectedVersion: version })).as("rejected"),
    ])
    .where("standing", "=", "active")
    .where("updateKey", "is not", null)
    .executeTakeFirstOrThrow();
  if (counted.all === 0) return "no_package";
  if (!counted.ofKey) return "other_key";
  return counted.rejected ? "rejected" : "no_older";
}
