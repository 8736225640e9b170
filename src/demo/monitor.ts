import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildApp } from "../monitor/app.ts";
import type { Config } from "../monitor/config.ts";
import type { DemoEntry } from "./demo-entries.ts";
import { registerChain } from "./register.ts";
import { addDemoUsers } from "./users.ts";

export interface DemoMonitor {
  /** `http://127.0.0.1:port` */
  url: string;
  close(): Promise<void>;
}

/** Starts the monitor in this process, with the chain in its registry and two users. Its log goes to `monitor.log`. */
export async function startMonitor(
  config: Config,
  entries: DemoEntry[],
  password: string,
): Promise<DemoMonitor> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const log = createWriteStream(join(config.dataDir, "monitor.log"), { flags: "a" });
  const app = await buildApp(config, { logStream: log });
  const close = async () => {
    await app.close();
    log.end();
  };
  try {
    await registerChain(app.database.db, app.secretBox, entries);
    await addDemoUsers(app.database.db, password);
    return { url: await app.listen({ host: config.host, port: config.port }), close };
  } catch (error) {
    await close();
    throw error;
  }
}
