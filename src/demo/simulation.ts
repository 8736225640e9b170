import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify from "fastify";
import Type from "typebox";
import { Agent } from "undici";
import { errorText } from "../protocol/error-text.ts";
import { type DemoPosServer, isInstalled, isServiceStopped, mainServerHost, ORGANIZATIONS } from "./chain.ts";
import { forkDemoChild } from "./child-process.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { posServerFolder } from "./folders.ts";
import { createLoyaltyStore } from "./loyalty.ts";
import { startMainServer } from "./main-server.ts";
import { createPosService, type PosService, type ServiceTiming } from "./pos-service.ts";
import { prepareChain } from "./prepare.ts";
import { seededRandom } from "./random.ts";
import { startStory } from "./story.ts";

const SEED = 118;
const HOST = "127.0.0.1";
const HTTP_CONFLICT = 409;
const HTTP_NOT_FOUND = 404;

/** The file in the data folder with the addresses of the main server and the service manager. */
export function addressFile(dataDir: string): string {
  return path.join(dataDir, "main-server.json");
}

export interface ChainAddresses {
  url: string;
  serviceManager: string;
}

export interface SimulationOptions {
  dataDir: string;
  posServers: readonly DemoPosServer[];
  /** Days of old log lines in a new folder, today included; 0 = none. */
  historyDays: number;
  ports: DemoPorts;
  timing: ServiceTiming;
}

/** Fills a new folder; services are starting when it returns, until `started`. */
export async function startSimulation(options: SimulationOptions) {
  const { dataDir, posServers, historyDays, ports, timing } = options;
  const ofScenario = (...scenarios: DemoPosServer["scenario"][]) =>
    posServers.filter(({ scenario }) => scenarios.includes(scenario)).map(({ slug }) => slug);
  const [heldSlug] = ofScenario("database_held");
  const holder =
    heldSlug === undefined
      ? null
      : forkDemoChild<{ file: string }, object>(new URL("./hold-database.ts", import.meta.url));
  const random = seededRandom(SEED);
  const store = createLoyaltyStore(ORGANIZATIONS);
  // It is written when a folder is filled.
  if (!existsSync(addressFile(dataDir))) prepareChain({ dataDir, posServers, store, historyDays, random });

  const { database: file } = posServerFolder(dataDir, heldSlug ?? "");
  // Its service creates a missing database.
  if (existsSync(file)) await holder?.begin({ file });
  const mainServer = await startMainServer(store, ports.mainServer);
  const messageQueue = await listenForMessages(ports.messageQueue);
  for (const slug of ofScenario("main_server_silent", "exchange_hangs")) mainServer.disturb(slug, "silence");
  const dispatcher = new Agent();
  const services = createServices(options, dispatcher);
  const serviceManager = await startServiceManager(services);
  const addresses: ChainAddresses = { url: mainServer.url, serviceManager: serviceManager.url };
  writeFileSync(addressFile(dataDir), `${JSON.stringify(addresses, null, 2)}\n`);

  // A service that cannot start stays stopped; its log says why.
  const working = posServers.filter((posServer) => !isServiceStopped(posServer));
  const starts = working.map(({ slug }) => services.get(slug)?.start());
  const started = Promise.allSettled(starts);
  const endStory = startStory(mainServer, store, posServers, random);
  const portsDie = setTimeout(() => {
    for (const slug of ofScenario("port_dies")) void services.get(slug)?.stopAnswering();
  }, timing.portLifetimeMs);

  async function close(): Promise<void> {
    await started;
    endStory();
    clearTimeout(portsDie);
    await Promise.all([...services.values()].map((service) => service.shutDown()));
    await dispatcher.destroy();
    await Promise.all([serviceManager.close(), mainServer.close(), messageQueue[Symbol.asyncDispose]()]);
    await holder?.stop();
  }

  return { services, holder, started, close };
}

function createServices(
  { dataDir, posServers, timing, ports }: SimulationOptions,
  dispatcher: Agent,
): ReadonlyMap<string, PosService> {
  const entries = posServers.filter(isInstalled).map((posServer, index): [string, PosService] => {
    const { slug } = posServer;
    const service = createPosService({
      posServer,
      folder: posServerFolder(dataDir, slug),
      mainServerUrl: `http://${mainServerHost(posServer)}:${ports.mainServer}`,
      tillPort: ports.tills.get(slug) ?? 0,
      timing,
      random: seededRandom(SEED + index),
      dispatcher,
    });
    return [slug, service];
  });
  return new Map(entries);
}

/** Accepts connections in place of the main server's message queue. */
async function listenForMessages(port: number) {
  const server = createServer((socket) => socket.on("error", () => socket.destroy()).end());
  server.listen(port, HOST);
  await once(server, "listening");
  return server;
}

/** Acts as Windows' service manager: `POST /services/:slug/status|start|stop` answers with the status at once. */
async function startServiceManager(services: ReadonlyMap<string, PosService>) {
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
