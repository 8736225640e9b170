import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { DialOut } from "../../src/agent/dial-out/dial-out.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { dialOutFor, reachBy, WAYS, type Way } from "../helpers/dial-out-for.ts";
import { makeFolder } from "../helpers/folder.ts";
import { filesIn } from "../helpers/log-monitor.ts";
import { type LogServer, startLogServer, zipOf } from "../helpers/log-server.ts";
import { type MonitorProcess, startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { registerPlain } from "../helpers/register.ts";
import { queueRequest } from "../helpers/requests.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { readZip } from "../helpers/zip-contents.ts";

const DAYS = 6;

const read = (dataDir: string) =>
  withDatabase(dataDir, async (db) => ({
    request: await db.selectFrom("logRequest").selectAll().executeTakeFirstOrThrow(),
    archives: await db.selectFrom("logArchive").selectAll().orderBy("position").execute(),
    events: await db.selectFrom("auditEvent").selectAll().where("action", "=", "log_request_end").execute(),
  }));

function addLogs(server: LogServer): void {
  for (let day = 0; day < DAYS; day++) {
    const modifiedAt = new Date(Date.now() - day * 86_400_000).toISOString();
    const text = Array.from({ length: 20_000 }, (_, line) => `${day}:${(line * 7919) % 99991} обмен\n`);
    server.logs.set(`${day}.log`, { content: Buffer.from(text.join("")), modifiedAt });
  }
}

/** What the store holds at a moment; null when a folder was removed while it was looked at. */
async function stored(dataDir: string): Promise<string[] | null> {
  return await filesIn(join(dataDir, "archives")).catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}

/** What is offered is whole, at every moment. */
async function checkOffered(t: Test, dataDir: string, server: LogServer): Promise<number> {
  const { archives } = await read(dataDir);
  const offered = archives.filter(({ status }) => status === "done");
  for (const { path, files, zipBytes } of offered) {
    const zip = await readFile(join(dataDir, "archives", path ?? ""));
    const [{ name }] = JSON.parse(files);
    t.equal(zip.length, zipBytes);
    t.same(await readZip(zip), { [name]: server.logs.get(name)?.content.toString() });
  }
  return offered.length;
}

/** A request as the page makes it. */
async function queue(db: Db, way: Way): Promise<void> {
  const now = Date.now();
  await queueRequest(db, 1, now, way === "dial_out" ? { expiresAt: now + DAY_MS } : {});
}

for (const way of WAYS) {
  t.test(`the monitor killed at any point loses nothing and offers nothing broken: ${way}`, async (t) => {
    const dataDir = makeFolder(t);
    const server = await startLogServer(t, Date.now);
    addLogs(server);
    await registerPlain(t, dataDir, server.address);
    await reachBy(dataDir, way);
    await withDatabase(dataDir, (db) => queue(db, way));
    const agents: DialOut[] = [];
    /** The agent comes after the monitor, and goes with it. */
    async function start(): Promise<MonitorProcess> {
      const monitor = await startMonitorProcess(t, dataDir);
      if (way === "dial_out") agents.push(dialOutFor(t, monitor.url, server.address));
      return monitor;
    }

    const points: [string, () => boolean | Promise<boolean>][] = [
      ["while the logs are listed", () => server.listed.length >= 1],
      ["at the first order", () => server.orders.length >= 1],
      ["while the first archive comes", async () => ((await stored(dataDir))?.length ?? 0) > 0],
      [
        "when one is there",
        async () => (await read(dataDir)).archives.some(({ status }) => status === "done"),
      ],
      ["soon after", async () => (await read(dataDir)).archives.filter(({ path }) => path).length >= 3],
    ];
    for (const [point, isReached] of points) {
      if (point === "while the first archive comes") {
        server.misbehave.push((response, order) => {
          response.setHeader("content-type", "application/zip");
          zipOf(order, server.logs).outputStream.once("data", (chunk) => response.write(chunk));
        });
      }
      const monitor = await start();
      await waitFor(isReached);
      await monitor.end("SIGKILL");
      await agents.pop()?.close();
      await checkOffered(t, dataDir, server);
    }

    server.misbehave.length = 0;
    const monitor = await start();
    await waitFor(async () => (await read(dataDir)).request.finishedAt !== null);
    await waitFor(async () => (await stored(dataDir))?.every((path) => !path.endsWith(".part")) ?? false);
    t.equal(await monitor.end(), 0);
    const { request, archives, events } = await read(dataDir);
    t.match(request, { status: "done", receivedFiles: DAYS, receivedBytes: request.plannedBytes });
    t.equal(archives.length, DAYS);
    t.equal(await checkOffered(t, dataDir, server), DAYS);
    t.equal(events.length, 1, "its end is recorded once");
  });
}
