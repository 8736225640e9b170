import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { hashPassword } from "../monitor/access/passwords.ts";
import { addUser } from "../monitor/access/users.ts";
import { buildApp } from "../monitor/app.ts";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import { closeInTime } from "../monitor/close.ts";
import type { Config } from "../monitor/config.ts";
import type { Db } from "../monitor/database/schema.ts";
import { inTransaction } from "../monitor/database/transaction.ts";
import { createEnrolmentCode } from "../monitor/enrolment/enrolment-codes.ts";
import { isOnlyHere } from "../monitor/installation/addresses.ts";
import { readSettings } from "../monitor/installation/settings.ts";
import { listen } from "../monitor/listen.ts";
import { NOT_CONNECTED } from "../monitor/registry/connection.ts";
import { addOrganization, addPosServer } from "../monitor/registry/registry.ts";
import { changeParking } from "../monitor/restaurants/park-pos-server.ts";
import type { SecretBox } from "../monitor/secrets/secret-box.ts";
import { changeSettings } from "../monitor/settings/change-settings.ts";
import { formatEnrolmentCode } from "../protocol/enrolment.ts";
import { DAY_MS } from "../protocol/time-units.ts";
import type { AgentConnections } from "./agents-process.ts";
import { ORGANIZATIONS, POS_SERVERS, pollIntervalMs } from "./chain.ts";
import { addDemoChannels } from "./channels.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { addSharedTrouble } from "./shared-trouble.ts";
import { writeRunHistory, writeStateHistory } from "./state-history.ts";

const ADMIN = { login: "admin", name: "Анна Иванова", isAdministrator: true };
const MANAGER = { login: "manager", name: "Пётр Смирнов", isAdministrator: false };
const MANAGER_CRM_IDS = ["100237", "100512"];
const DEMO: Actor = { userId: null, login: "", name: ADMIN.name, address: "cli" };
const PARKED_FOR_MS = 150 * DAY_MS;
const PARKING = { userId: null, userName: ADMIN.name, reason: "летняя веранда" };

export interface MonitoredChain {
  connections: AgentConnections;
  ports: DemoPorts;
  /** Of both users. */
  password: string;
}

export type DemoMonitor = Awaited<ReturnType<typeof startMonitor>>;

/** Logs to `monitor.log`. @returns `enrolmentCode`: a secret with which agents enrol. */
export async function startMonitor(config: Config, chain: MonitoredChain) {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const log = createWriteStream(join(config.dataDir, "monitor.log"), { flags: "a" });
  const app = await buildApp(config, { logStream: log });
  const close = async () => {
    await closeInTime(app);
    log.end();
  };
  try {
    await enterChain(app, chain);
    const url = await listen(app);
    await saveAddress(app.database.db, url);
    return { url, enrolmentCode: await makeEnrolmentCode(app, url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Enters organizations, POS servers with their past, users and all that people have added. Another start only sets the password. */
export async function enterChain(
  { database, secretBox }: FastifyInstance,
  chain: MonitoredChain,
): Promise<void> {
  const passwordHash = await hashPassword(chain.password);
  await inTransaction(database.db, async (trx) => {
    const users = trx
      .updateTable("user")
      .set({ passwordHash })
      .where("login", "in", [ADMIN.login, MANAGER.login]);
    if ((await users.executeTakeFirstOrThrow()).numUpdatedRows > 0n) return;
    const now = Date.now();
    const adminId = await addUser(trx, { ...ADMIN, passwordHash }, now);
    const managerId = await addUser(trx, { ...MANAGER, passwordHash }, now);
    const actor: Actor = { userId: adminId, login: ADMIN.login, name: ADMIN.name, address: "127.0.0.1" };
    await writeRunHistory(trx, now);
    for (const organization of ORGANIZATIONS) {
      const organizationId = await addOrganization(trx, organization, now);
      await addPosServers(trx, secretBox, { ...organization, organizationId }, chain, now);
      if (MANAGER_CRM_IDS.includes(organization.crmId))
        await trx.insertInto("userOrganization").values({ userId: managerId, organizationId }).execute();
    }
    await addSharedTrouble(trx, actor, now);
    await addDemoChannels(trx, secretBox, actor, { ports: chain.ports, managerId });
  });
}

async function addPosServers(
  trx: Db,
  secretBox: SecretBox,
  { organizationId, crmId }: { organizationId: number; crmId: string },
  { connections }: MonitoredChain,
  now: number,
): Promise<void> {
  for (const posServer of POS_SERVERS.filter((one) => one.crmId === crmId)) {
    const { slug, name, scenario } = posServer;
    const connection = connections.get(slug) ?? NOT_CONNECTED;
    const isParked = scenario === "parked";
    const registered = { organizationId, name, pollIntervalMs: pollIntervalMs(posServer), isParked };
    const id = await addPosServer(trx, secretBox, { ...registered, ...connection }, now);
    await writeStateHistory(trx, { id, organizationId }, posServer, now);
    if (isParked) await changeParking(trx, id, { ...PARKING, endsAt: now + PARKED_FOR_MS }, now);
  }
}

/** The port may change with each start; an address on another machine stays. */
export async function saveAddress(db: Db, url: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { publicAddress } = await readSettings(trx);
    if (publicAddress !== "" && !isOnlyHere(publicAddress)) return;
    await changeSettings(trx, DEMO, { publicAddress: url }, Date.now());
  });
}

async function makeEnrolmentCode(app: FastifyInstance, monitor: string): Promise<string> {
  const now = Date.now();
  const code = { organizationId: null, posServerId: null, maxUses: POS_SERVERS.length, endsAt: now + DAY_MS };
  const made = await createEnrolmentCode(app.database.db, DEMO, code, now);
  if (made === null) throw new Error("No code was made");
  return formatEnrolmentCode({ monitor, pins: [...app.monitorPins], secret: made.secret });
}
