import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../monitor/app.ts";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Config } from "../monitor/config.ts";
import { createEnrolmentCode } from "../monitor/enrolment/enrolment-codes.ts";
import { listen } from "../monitor/listen.ts";
import { formatEnrolmentCode } from "../protocol/enrolment-code.ts";
import { POS_SERVERS } from "./chain.ts";
import { addDemoChannels } from "./channels.ts";
import type { DemoEntry } from "./demo-entries.ts";
import { sayAddress } from "./public-address.ts";
import type { MessageServers } from "./receivers.ts";
import { registerChain } from "./register.ts";
import { addSharedTrouble } from "./shared-trouble.ts";
import { addDemoUsers } from "./users.ts";

const CODE_LIFETIME_MS = 86_400_000;
const DEMO: Actor = { userId: null, login: "", name: "Анна Иванова", address: "cli" };

/** What the monitor is to know from the start. */
export interface MonitoredChain {
  entries: DemoEntry[];
  messageServers: MessageServers;
  /** Of both users. */
  password: string;
}

export interface DemoMonitorOptions {
  config: Config;
  /** Entered into the registry and the users; null = as its data folder has it. */
  chain: MonitoredChain | null;
  /** Views and assets are read anew for every request. */
  isDevelopment?: boolean;
}

export interface DemoMonitor {
  /** `http://127.0.0.1:port` */
  url: string;
  /** A secret by which agents are let in; null = none was made. */
  enrolmentCode: string | null;
  close(): Promise<void>;
}

/** Starts the monitor in this process, with the chain in its registry, two users and channels. Its log goes to `monitor.log`. */
export async function startMonitor({
  config,
  chain,
  isDevelopment = false,
}: DemoMonitorOptions): Promise<DemoMonitor> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const log = createWriteStream(join(config.dataDir, "monitor.log"), { flags: "a" });
  const app = await buildApp(config, { logStream: log, isDevelopment });
  const close = async () => {
    await app.close();
    log.end();
  };
  try {
    if (chain) {
      await registerChain(app.database.db, app.secretBox, chain.entries);
      await addDemoUsers(app.database.db, chain.password);
      await addSharedTrouble(app.database.db);
      await addDemoChannels(app.database.db, app.secretBox, chain.messageServers);
    }
    const url = await listen(app);
    if (chain) await sayAddress(app.database.db, DEMO, url);
    return { url, enrolmentCode: chain && (await makeEnrolmentCode(app, url)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeEnrolmentCode(app: FastifyInstance, monitor: string): Promise<string> {
  const now = Date.now();
  const endsAt = now + CODE_LIFETIME_MS;
  const code = { organizationId: null, posServerId: null, maxUses: POS_SERVERS.length, endsAt };
  const made = await createEnrolmentCode(app.database.db, DEMO, code, now);
  if (made === null) throw new Error("No code was made");
  return formatEnrolmentCode({ monitor, pins: [...app.monitorPins], secret: made.secret });
}
