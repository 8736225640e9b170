import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { hashPassword } from "../monitor/access/passwords.ts";
import { addUser, findUserByLogin, setPasswordHash } from "../monitor/access/users.ts";
import { buildApp } from "../monitor/app.ts";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Config } from "../monitor/config.ts";
import type { Db } from "../monitor/database/schema.ts";
import { inTransaction } from "../monitor/database/transaction.ts";
import { createEnrolmentCode } from "../monitor/enrolment/enrolment-codes.ts";
import { isOnlyHere } from "../monitor/installation/addresses.ts";
import { readSettings } from "../monitor/installation/settings.ts";
import { listen } from "../monitor/listen.ts";
import {
  addOrganization,
  addPosServer,
  findOrganizationId,
  findPosServerId,
  reconnectPosServer,
} from "../monitor/registry/registry.ts";
import { changeParking } from "../monitor/restaurants/park-pos-server.ts";
import type { SecretBox } from "../monitor/secrets/secret-box.ts";
import { changeSettings } from "../monitor/settings/change-settings.ts";
import { formatEnrolmentCode } from "../protocol/enrolment.ts";
import type { AgentConnections } from "./agent-connections.ts";
import { ORGANIZATIONS, POS_SERVERS, pollIntervalMs } from "./chain.ts";
import { addDemoChannels } from "./channels.ts";
import type { MessageServers } from "./receivers.ts";
import { addSharedTrouble } from "./shared-trouble.ts";
import { writeRunHistory, writeStateHistory } from "./state-history.ts";

const CODE_LIFETIME_MS = 86_400_000;
const DEMO: Actor = { userId: null, login: "", name: "Анна Иванова", address: "cli" };
const MANAGER_CRM_IDS = ["100237", "100512"];
const PARKED_FOR_MS = 150 * 86_400_000;
const PARKING = { userId: null, userName: "Анна Иванова", reason: "летняя веранда" };

export interface MonitoredChain {
  connections: AgentConnections;
  messageServers: MessageServers;
  password: string;
}

export type DemoMonitor = Awaited<ReturnType<typeof startMonitor>>;

/**
 * Logs to `monitor.log`.
 * @param chain null = its data folder has it already. @param isDevelopment reads views, assets anew.
 * @returns `enrolmentCode`: a secret with which agents enrol; null = none was made.
 */
export async function startMonitor(config: Config, chain: MonitoredChain | null, isDevelopment = false) {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const log = createWriteStream(join(config.dataDir, "monitor.log"), { flags: "a" });
  const app = await buildApp(config, { logStream: log, isDevelopment });
  const close = async () => {
    await app.close();
    log.end();
  };
  const { db } = app.database;
  try {
    if (chain) {
      await registerChain(db, app.secretBox, chain.connections);
      await addDemoUsers(db, chain.password);
      await addSharedTrouble(db);
      await addDemoChannels(db, app.secretBox, chain.messageServers);
    }
    const url = await listen(app);
    if (chain) await saveAddress(db, DEMO, url);
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

/** Adds `admin`, who sees everything, and `manager`, who has two organizations. */
export async function addDemoUsers(db: Db, password: string): Promise<void> {
  const now = Date.now();
  const passwordHash = await hashPassword(password);
  await addOrReset("admin", "Анна Иванова", true);
  const managerId = await addOrReset("manager", "Пётр Смирнов", false);
  for (const crmId of MANAGER_CRM_IDS) {
    const organizationId = await findOrganizationId(db, crmId);
    if (organizationId === null) throw new Error(`The demo has no organization with CrmId ${crmId}`);
    await db
      .insertInto("userOrganization")
      .values({ userId: managerId, organizationId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async function addOrReset(login: string, name: string, isAdministrator: boolean): Promise<number> {
    const known = await findUserByLogin(db, login);
    if (!known) return await addUser(db, { login, name, isAdministrator, passwordHash }, now);
    await setPasswordHash(db, known.id, passwordHash);
    return known.id;
  }
}

/** The port changes with each start; an address on another machine stays. */
export async function saveAddress(db: Db, actor: Actor, url: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { publicAddress } = await readSettings(trx);
    if (publicAddress !== "" && !isOnlyHere(publicAddress)) return;
    await changeSettings(trx, actor, { publicAddress: url }, Date.now());
  });
}

/** Registers organizations and POS servers with a past of 30 days; those of an earlier start get their new addresses. */
async function registerChain(db: Db, secretBox: SecretBox, connections: AgentConnections): Promise<void> {
  const now = Date.now();
  if (await hasNeverRun(db)) await writeRunHistory(db, now);
  for (const organization of ORGANIZATIONS) {
    const { crmId } = organization;
    const organizationId =
      (await findOrganizationId(db, crmId)) ?? (await addOrganization(db, organization, now));
    for (const posServer of POS_SERVERS.filter((one) => one.crmId === crmId)) {
      const connection = connections.get(posServer.slug);
      const { name, scenario } = posServer;
      const id = await findPosServerId(db, organizationId, name);
      if (!connection) continue;
      if (id !== null) {
        await reconnectPosServer(db, secretBox, id, connection);
        continue;
      }
      const isParked = scenario === "parked";
      const registered = { organizationId, name, pollIntervalMs: pollIntervalMs(posServer), isParked };
      const newId = await addPosServer(db, secretBox, { ...registered, ...connection }, now);
      await writeStateHistory(db, newId, posServer, now);
      if (isParked) await changeParking(db, newId, { ...PARKING, endsAt: now + PARKED_FOR_MS }, now);
    }
  }
}

async function hasNeverRun(db: Db): Promise<boolean> {
  return (await db.selectFrom("monitorRun").select("id").executeTakeFirst()) === undefined;
}
