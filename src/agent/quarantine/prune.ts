import { rm } from "node:fs/promises";
import type { FastifyBaseLogger } from "fastify";
import type { DatabaseConfig } from "../config.ts";
import { listQuarantine } from "./quarantine-folder.ts";

const DAY_MS = 24 * 60 * 60_000;

/** Prunes the quarantine now and every day. @returns the timer, to be cleared when the agent ends. */
export function keepQuarantinePruned(config: DatabaseConfig, logger: FastifyBaseLogger): NodeJS.Timeout {
  void pruneQuarantine(config, logger);
  return setInterval(() => void pruneQuarantine(config, logger), DAY_MS).unref();
}

/** Removes what lies in quarantine for longer than the configuration says, but never the newest. */
export async function pruneQuarantine(
  { quarantineDirectory, quarantineDays }: DatabaseConfig,
  logger: FastifyBaseLogger,
): Promise<void> {
  try {
    const folders = await listQuarantine(quarantineDirectory);
    const newestAt = folders[0]?.at;
    for (const { name, path, at } of folders) {
      if (at === newestAt || Date.now() - at <= quarantineDays * DAY_MS) continue;
      await rm(path, { recursive: true, force: true });
      logger.info({ name }, "removed from the quarantine");
    }
  } catch (error) {
    logger.error({ err: error }, "quarantine cannot be pruned");
  }
}
