import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify from "fastify";
import Type from "typebox";
import { Agent } from "undici";
import { errorText } from "../protocol/error-text.ts";
import { type DemoPosServer, isInstalled, isServiceStarted, mainServerHost, ORGANIZATIONS } from "./chain.ts";
import { forkDemoChild } from "./child-process.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { isPrepared, markPrepared, posServerFolder } from "./folders.ts";
import { createLoyaltyStore } from "./loyalty-store.ts";
import { type MainServer, startMainServer } from "./main-server.ts";
import { PosService, type ServiceTiming } from "./pos-service.ts";
import { prepareChain } from "./prepare.ts";
import { seededRandom } from "./random.ts";
import type { ServiceRegistration } from "./service-control.ts";
import { createServiceLog } from "./service-log.ts";
import { startStory } from "./story.ts";

const SEED = 118;
const HOST = "127.0.0.1";
const HTTP_CONFLICT = 409;
const HTTP_NOT_FOUND = 404;

export interface SimulationOptions {
  dataDir: string;
  posServers: readonly DemoPosServer[];
  /** Days of old log lines in a new folder, today included; 0 = none. */
  historyDays: number;
  ports: DemoPorts;
  timing: ServiceTiming;
}

export type Simulation = Awaited<ReturnType<typeof startSimulation>>;

/**
 * Fills the folders once; services are starting when it returns, until `started`. The address of the main server is in
 * `main-server.json` of the data folder.
 */
export async function startSimulation(options: SimulationOptions) {
  const { dataDir, posServers, historyDays, ports, timing } = options;
  const held = posServers.filter(({ scenario }) => scenario === "database_held");
  /** By slug. */
  const holders = new Map(
    held.map(({ slug }) => [
      slug,
      forkDemoChild<{ file: string }, object>(new URL("./hold-database.ts", import.meta.url)),
    ]),
  );
  const storyRandom = seededRandom(SEED);
  const store = createLoyaltyStore(ORGANIZATIONS);
  if (!isPrepared(dataDir)) {
    prepareChain({ dataDir, posServers, store, historyDays, random: storyRandom });
    markPrepared(dataDir);
  }

  for (const [slug, holder] of holders) {
    const { database: file } = posServerFolder(dataDir, slug);
    // Its service creates a missing database.
    if (existsSync(file)) await holder.begin({ file });
  }
  const mainServer = await startMainServer(store, ports.mainServer);
  const messageQueue = await listenForMessages(ports.messageQueue);
  disturbForGood(mainServer, posServers);
  const dispatcher = new Agent();
  const services = createServices(options, mainServer.url, dispatcher);
  const controlServer = await startControlServer(services);
  for (const slug of services.keys()) {
    const registration: ServiceRegistration = { controlUrl: controlServer.url, slug };
    writeJson(posServerFolder(dataDir, slug).serviceRegistration, registration);
  }
  writeJson(path.join(dataDir, "main-server.json"), { url: mainServer.url });

  // A service that cannot start stays stopped; its log says why.
  const starts = posServers.filter(isServiceStarted).map(({ slug }) => services.get(slug)?.start());
  const started = Promise.allSettled(starts);
  const endStory = startStory(mainServer, store, posServers, storyRandom);
  const portsDie = setTimeout(() => letPortsDie(posServers, services), timing.portLifetimeMs);

  async function close(): Promise<void> {
    await started;
    endStory();
    clearTimeout(portsDie);
    await Promise.all([...services.values()].map((service) => service.shutDown()));
    await dispatcher.destroy();
    await Promise.all([controlServer.close(), mainServer.close(), messageQueue[Symbol.asyncDispose]()]);
    await Promise.all([...holders.values()].map((holder) => holder.stop()));
  }

  return { mainServerUrl: mainServer.url, services, holders, started, close };
}

function letPortsDie(posServers: readonly DemoPosServer[], services: ReadonlyMap<string, PosService>): void {
  for (const { slug, scenario } of posServers)
    if (scenario === "port_dies") void services.get(slug)?.stopAnswering();
}

function disturbForGood(mainServer: MainServer, posServers: readonly DemoPosServer[]): void {
  for (const { slug, scenario } of posServers)
    if (scenario === "main_server_silent" || scenario === "exchange_hangs")
      mainServer.disturb(slug, "silence");
}

function createServices(
  { dataDir, posServers, timing, ports }: SimulationOptions,
  mainServerUrl: string,
  dispatcher: Agent,
): ReadonlyMap<string, PosService> {
  const entries = posServers.filter(isInstalled).map((posServer, index): [string, PosService] => {
    const { slug } = posServer;
    const folder = posServerFolder(dataDir, slug);
    const ownUrl = new URL(mainServerUrl);
    ownUrl.hostname = mainServerHost(posServer);
    const service = new PosService({
      posServer,
      folder,
      log: createServiceLog(folder.logs, posServer),
      mainServerUrl: ownUrl.origin,
      tillPort: ports.tills.get(slug) ?? 0,
      timing,
      random: seededRandom(SEED + index),
      dispatcher,
    });
    return [slug, service];
  });
  return new Map(entries);
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Accepts connections in place of the main server's message queue. */
async function listenForMessages(port: number) {
  const server = createServer((socket) => socket.on("error", () => socket.destroy()).end());
  server.listen(port, HOST);
  await once(server, "listening");
  return server;
}

/** Acts as Windows' service manager: `POST /services/:slug/status|start|stop` answers with the status at once. */
async function startControlServer(services: ReadonlyMap<string, PosService>) {
  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();
  const params = Type.Object({ slug: Type.String(), verb: Type.Enum(["status", "start", "stop"]) });

  server.post("/services/:slug/:verb", { schema: { params } }, async (request, reply) => {
    const { slug, verb } = request.params;
    const service = services.get(slug);
    if (!service) return reply.code(HTTP_NOT_FOUND).send("No such service");
    const refusal = verb === "status" ? null : await begin(verb, service);
    return refusal === null ? service.status() : reply.code(HTTP_CONFLICT).send(refusal);
  });

  const url = await server.listen({ host: HOST, port: 0 });
  return { url, close: () => server.close() };
}

/** @returns why the service refuses at once, or null. */
async function begin(verb: "start" | "stop", service: PosService): Promise<string | null> {
  const refusal = new Promise<string>((resolve) => {
    service[verb]().catch((error: unknown) => resolve(errorText(error)));
  });
  return Promise.race([refusal, new Promise<null>((resolve) => setImmediate(resolve, null))]);
}
