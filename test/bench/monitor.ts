import { type AppDependencies, buildApp } from "../../src/monitor/app.ts";
import { readConfig } from "../../src/monitor/config.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import { createChannel, type NewChannel } from "../../src/monitor/notifications/settings/save-channel.ts";
import type { SecretBox } from "../../src/monitor/secrets/secret-box.ts";
import { makeFolder } from "../helpers/folder.ts";
import { beginTestSession } from "../helpers/session.ts";
import { BENCHMARK, runProgram } from "./program.ts";
import type { RegistryInput } from "./registry.ts";

/** The monitor in this process; it polls only by a client that it is given. */
export async function startMonitor(dataDir: string, dependencies: AppDependencies = {}, port = 0) {
  const app = await buildApp(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: "error" }), dependencies);
  if (!dependencies.client) await app.poller.stop(0);
  const origin = await app.listen({ host: "127.0.0.1", port });
  const { db } = app.database;
  return { app, db, origin, cookie: `session=${await beginTestSession(db)}` };
}

/** Such a monitor over POS servers in every state. */
export async function startMixedMonitor(posServers: number) {
  return await startMonitor(await fillRegistry({ posServers }));
}

/** Fills a data folder in a process of its own, since it leaves a large heap behind. @returns the folder. */
export async function fillRegistry(input: Omit<RegistryInput, "dataDir">): Promise<string> {
  const dataDir = makeFolder(BENCHMARK);
  await runProgram("registry.ts", { dataDir, ...input });
  return dataDir;
}

/** Has everything told to a webhook: one more thing to do for all that changes. */
export async function addWebhook(db: Db, secretBox: SecretBox, url: string, now: number): Promise<void> {
  const actor = { userId: null, login: "bench", name: null, address: "cli" };
  const wanted: NewChannel = {
    kind: "webhook",
    name: "bench",
    language: "ru",
    timeZone: "Europe/Moscow",
    viaId: null,
    settings: { url },
    secrets: { secret: "secret-of-the-benchmark" },
    ownerId: null,
    hasDefaultRule: true,
  };
  const made = await createChannel(db, secretBox, actor, wanted, now);
  if (typeof made !== "number") throw new Error(made);
}
