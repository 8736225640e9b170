import { rm } from "node:fs/promises";
import type { FastifyBaseLogger } from "fastify";
import type { AgentConfig, DatabaseConfig } from "../config/config.ts";
import { acquireLock } from "../files/lock.ts";
import { listQuarantine } from "./quarantine-folder.ts";

const DAY_MS = 24 * 60 * 60_000;

/** Prunes the quarantine now and every day. @returns the timer, to be cleared when the agent ends. */
export function keepQuarantinePruned(
  { database, stateDirectory }: Pick<AgentConfig, "database" | "stateDirectory">,
  logger: FastifyBaseLogger,
): NodeJS.Timeout {
  async function prune(): Promise<void> {
    try {
      const release = await acquireLock("pruning", stateDirectory);
      if (!release) return;
      await pruneQuarantine(database, logger).finally(release);
    } catch (error) {
      logger.error({ err: error }, "quarantine cannot be pruned");
    }
  }

  void prune();
  return setInterval(() => void prune(), DAY_MS).unref();
}

/** Removes what lies in quarantine for longer than the configuration says, but never the newest. */
async function pruneQuarantine(
  { quarantineDirectory, quarantineDays }: DatabaseConfig,
  logger: FastifyBaseLogger,
): Promise<void> {
  const folders = await listQuarantine(quarantineDirectory);
  const newestAt = folders[0]?.at;
  for (const { name, path, at } of folders) {
    if (at === newestAt || Date.now() - at <= quarantineDays * DAY_MS) continue;
    await rm(path, { recursive: true, force: true });
    logger.info({ name }, "removed from the quarantine");
  }
}
