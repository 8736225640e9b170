import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { formatPairingString } from "../protocol/pairing-string.ts";
import { addApi } from "./api.ts";
import { createChecks } from "./checks/checks.ts";
import { createRunningChecks } from "./checks/run-checks.ts";
import type { AgentConfig } from "./config/config.ts";
import { createDatabaseResets } from "./database-reset/database-resets.ts";
import { createDialOut } from "./dial-out/dial-out.ts";
import { type AgentLogger, type AgentServer, buildAgentServer } from "./http/server.ts";
import { type Identity, loadIdentity } from "./machine/identity.ts";
import { createProblemLog } from "./machine/problem-log.ts";
import { keepQuarantinePruned } from "./quarantine/prune.ts";
import { createServiceControl } from "./service-control/service-control.ts";
import { createServiceStarts } from "./service-start/service-starts.ts";
import { createStatusReading } from "./status/status-reading.ts";
import { openTaughtPatterns } from "./teaching/taught-patterns.ts";

const ANY_ADDRESSES = ["0.0.0.0", "::"];

export interface RunningAgent {
  posServerId: string;
  /** null = it does not listen. */
  listening: Listening | null;
  close(): Promise<void>;
}

export interface Listening {
  /** `https://host:port/path` as it is really bound. */
  address: string;
  /** Secret: never log or show it but to the person who pairs. */
  pairingString: string;
}

/**
 * Starts one agent; several may run in one process if each has its own state folder and port.
 * @throws when the identity cannot be read or made, or the port is taken.
 */
export async function startAgent(
  config: AgentConfig,
  { logger }: { logger: AgentLogger },
): Promise<RunningAgent> {
  const identity = await loadIdentity(config.stateDirectory);
  const server = buildAgentServer(identity, logger);
  if (identity.madeBecause) {
    server.log.warn(
      { posServerId: identity.posServerId, reason: identity.madeBecause },
      "made a new identity: pair it",
    );
  }
  const serviceControl = createServiceControl(config.service, createProblemLog(server.log));
  const taught = await openTaughtPatterns(config.stateDirectory, createProblemLog(server.log));
  const checks = createRunningChecks(createChecks(config, serviceControl), config.checks.everyMs);
  const status = createStatusReading(config, identity, { serviceControl, checks, taught }, server.log);
  const databaseResets = createDatabaseResets(config, serviceControl, server.log);
  const serviceStarts = createServiceStarts(config, serviceControl, server.log);
  addApi(server, config.pathPrefix, {
    token: identity.token,
    readStatus: status.read,
    commands: { posServerId: identity.posServerId, databaseResets, serviceStarts },
    logs: { config },
    teaching: { config, taught },
  });
  const listening = await listen(server, config, identity);
  const { posServerId } = identity;
  server.log.info({ posServerId, address: listening?.address ?? null }, "agent is ready");
  const dialOut =
    config.dialOut &&
    createDialOut({
      config: config.dialOut,
      identity,
      // Handlers do not know what carries them: Fastify takes requests of either protocol.
      answer: (request, response) => server.routing(request as never, response as never),
      log: server.log,
    });
  void status.prepare();
  checks.start();
  const quarantinePruning = keepQuarantinePruned(config, server.log);
  void databaseResets.resume();
  void serviceStarts.resume();

  async function close(): Promise<void> {
    clearInterval(quarantinePruning);
    await dialOut?.close();
    await server.close();
    await checks.close();
    await Promise.all([databaseResets.close(), serviceStarts.close()]);
  }

  return { posServerId, listening, close };
}

/** Whether it listens on every address, so that none of them is the one to reach it by. */
export function listensEverywhere({ host }: Pick<AgentConfig, "host">): boolean {
  return ANY_ADDRESSES.includes(host);
}

/** Writes the pairing string for the address under which the monitor reaches the agent. */
export function pairingString(
  config: Pick<AgentConfig, "host" | "pathPrefix" | "publicAddress">,
  identity: Identity,
  port: number,
): string {
  const host = config.publicAddress ?? urlHost(listensEverywhere(config) ? hostname() : config.host);
  const hostAndPort = /:\d+$/.test(host) ? host : `${host}:${port}`;
  const { posServerId, token, fingerprint } = identity;
  return formatPairingString({
    address: `https://${hostAndPort}${config.pathPrefix}`,
    posServerId,
    token,
    fingerprint,
  });
}

/** Makes the server ready; it listens only where the configuration names a port. */
async function listen(
  server: AgentServer,
  config: AgentConfig,
  identity: Identity,
): Promise<Listening | null> {
  const { host, port: wantedPort, pathPrefix } = config;
  try {
    if (wantedPort === null) await server.ready();
    else await server.listen({ host, port: wantedPort });
  } catch (error) {
    await server.close();
    throw error;
  }
  if (wantedPort === null) return null;
  const { port } = server.server.address() as AddressInfo;
  return {
    address: `https://${urlHost(host)}:${port}${pathPrefix}`,
    pairingString: pairingString(config, identity, port),
  };
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
