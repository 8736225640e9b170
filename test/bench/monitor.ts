import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { type AppDependencies, buildApp } from "../../src/monitor/app.ts";
import { readConfig } from "../../src/monitor/config.ts";

/** A temporary data folder; `remove` deletes it. */
export async function makeDataFolder(): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), "poswatch-bench-"));
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

/** The monitor in this process, listening at a free port; it polls unless told not to. */
export async function startMonitor(
  dataDir: string,
  { isPolling, ...dependencies }: AppDependencies & { isPolling: boolean },
): Promise<{ app: FastifyInstance; origin: string }> {
  const app = await buildApp(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: "error" }), dependencies);
  if (!isPolling) await app.poller.stop(0);
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  return { app, origin };
}
