import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { databaseIn } from "../helpers/backups.ts";
import { type FakeClock, makeFakeClock, noFakeClock } from "../helpers/fake-clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import type { Owner } from "../helpers/owner.ts";
import { TOKEN } from "../helpers/pos-server.ts";
import { register, registerPlain } from "../helpers/register.ts";
import { beginTestSession } from "../helpers/session.ts";
import { mountSmallDisk, type SmallDisk } from "../helpers/small-disk.ts";
import { startBadPosServers } from "./bad-pos-servers.ts";
import { createSoakedAgent, type SoakedAgent } from "./soaked-agent.ts";
import { createSoakedMonitor, type SoakedMonitor } from "./soaked-monitor.ts";

const HEALTHY_AGENTS = 4;
const FAILING_AGENTS = 2;
export const POLL_INTERVAL_MS = 5_000;
/** More than what is kept free for others than archives. */
const DISK_MEGABYTES = 400;

/** All that is soaked. */
export interface World {
  dataDir: string;
  monitor: SoakedMonitor;
  agents: SoakedAgent[];
  /** null where it cannot be set. */
  clock: FakeClock | null;
  /** null where none can be mounted. */
  disk: SmallDisk | null;
  /** Ids of all POS servers, those of the agents first: in their order. */
  posServerIds: number[];
  /** Value of an administrator's cookie. */
  session: string;
  /** What no log may hold. */
  secrets: string[];
}

/** Makes agents, POS servers that misbehave, and a monitor that has them all in its registry and runs. */
export async function createWorld(owner: Owner, say: (text: string) => void): Promise<World> {
  const clock = noFakeClock ? null : makeFakeClock(owner);
  if (!clock) say(`no clock is set: ${noFakeClock}`);
  const disk = process.getuid?.() === 0 ? mountSmallDisk(owner, DISK_MEGABYTES) : null;
  if (!disk) say("no disk is filled: only root may mount one");
  const dataDir = join(disk?.folder ?? makeFolder(owner), "data");
  mkdirSync(dataDir);

  const agents = await Promise.all(
    Array.from({ length: HEALTHY_AGENTS + FAILING_AGENTS }, (_, index) =>
      createSoakedAgent(owner, `agent ${index + 1}`, index >= HEALTHY_AGENTS),
    ),
  );
  for (const { name, pairingString } of agents) {
    const { code, output } = await register(owner, dataDir, { name, input: `${pairingString}\n` });
    if (code !== 0) throw new Error(output);
  }
  for (const { name, address } of await startBadPosServers(owner)) {
    await registerPlain(owner, dataDir, address, name);
  }

  const { db, sqlite } = openDatabase(databaseIn(dataDir));
  sqlite.exec(`update pos_server set poll_interval_ms = ${POLL_INTERVAL_MS}`);
  // Of those that fail no exchange follows a reset.
  sqlite.exec("insert into setting (key, value) values ('resetSyncTimeoutMs', '60000')");
  const posServerIds = sqlite.prepare<[], number>("select id from pos_server order by id").pluck().all();
  const session = await beginTestSession(db);
  await db.destroy();

  const env = { DATA_DIR: dataDir, PORT: "0", ...clock?.env };
  const monitor = createSoakedMonitor(owner, env, clock ?? { now: () => Date.now() });
  if (!(await monitor.start())) throw new Error("the monitor does not start");
  const secrets = [TOKEN, session, ...agents.map(({ token }) => token)];
  return { dataDir, monitor, agents, clock, disk, posServerIds, session, secrets };
}
