import type { FastifyRequest } from "fastify";
import { addApi } from "./api.ts";
import { createChecks } from "./checks/checks.ts";
import { createRunningChecks } from "./checks/run-checks.ts";
import type { AgentConfig } from "./config/config.ts";
import { createDatabaseResets } from "./database-reset/run-reset.ts";
import type { AnsweredConnection } from "./dial-out/answering.ts";
import { createDialOut, type DialOutOptions } from "./dial-out/dial-out.ts";
import { choosePort, readStanding } from "./enrolment/enrolment.ts";
import { keepAsking } from "./enrolment/keep-asking.ts";
import { createKnownMonitor } from "./enrolment/known-monitor.ts";
import { type AgentLogger, buildAgentServer } from "./http/server.ts";
import { listen } from "./listening.ts";
import { createOpenArchives } from "./logs/log-archive.ts";
import { loadIdentity } from "./machine/identity.ts";
import { createProblemLog } from "./machine/problem-log.ts";
import { keepQuarantinePruned } from "./quarantine/quarantine-folder.ts";
import { createServiceControl } from "./service-control/service-control.ts";
import { createServiceStarts } from "./service-start/service-starts.ts";
import { createStatusReading } from "./status/status-reading.ts";
import { openTaughtPatterns } from "./teaching/taught-patterns.ts";
import { findInstallation } from "./updates/installation.ts";
import { readEmbeddedKey } from "./updates/open-update.ts";
import { createUpdates, holdOff } from "./updates/updates.ts";

export type RunningAgent = Awaited<ReturnType<typeof startAgent>>;

/** @throws when a file of its state cannot be read or written, or the port is taken. */
export async function startAgent(
  config: AgentConfig,
  { logger, random }: Pick<DialOutOptions, "random"> & { logger: AgentLogger },
) {
  const identity = await loadIdentity(config.stateDirectory);
  const standing = await readStanding(config.stateDirectory, identity.posServerId);
  const server = buildAgentServer(identity, logger);
  if (identity.madeBecause) {
    server.log.warn(
      { posServerId: identity.posServerId, reason: identity.madeBecause },
      "made a new identity: pair or enroll it",
    );
  }
  if (standing.elsewhere) {
    const { monitor, posServerId: letIn } = standing.elsewhere;
    server.log.warn(
      { monitor, letIn },
      "the monitor has let in another identity than this one: enroll it anew",
    );
  }
  const monitor = createKnownMonitor(config, identity.posServerId, createProblemLog(server.log));
  const dialled = new WeakMap<object, AnsweredConnection>();
  const serviceControl = createServiceControl(config.service);
  const taught = await openTaughtPatterns(config.stateDirectory, createProblemLog(server.log));
  const checks = createRunningChecks(createChecks(config, serviceControl), config.checks.everyMs);
  const databaseResets = createDatabaseResets(config, serviceControl, server.log);
  const startOptions = { config, control: serviceControl, logger: server.log };
  const serviceStarts = createServiceStarts({ ...startOptions, stopsFirst: false });
  const serviceRestarts = createServiceStarts({ ...startOptions, stopsFirst: true });
  const archives = createOpenArchives();
  const commands = [databaseResets, serviceStarts, serviceRestarts];
  const updates = createUpdates({
    key: readEmbeddedKey(),
    installation: findInstallation(),
    holdOff: () => holdOff({ stateDirectory: config.stateDirectory, commands, archives }),
    log: server.log,
  });
  /** Resolves when the agent has to be started anew, for another version. */
  const { promise: updated, resolve: onTaken } = Promise.withResolvers<void>();
  const status = createStatusReading(
    config,
    identity,
    { serviceControl, checks, taught, updates },
    server.log,
  );
  const connectionOf = ({ raw }: FastifyRequest) => dialled.get(raw) ?? null;
  addApi(server, config.pathPrefix, {
    token: identity.token,
    readStatus: status.read,
    onReported: updates.confirm,
    commands: { ...identity, databaseResets, serviceStarts, serviceRestarts },
    logs: { config, archives },
    lines: { config, taught },
    teaching: { config, taught },
    monitorPins: { connectionOf, monitor },
    updates: { updates, connectionOf, onTaken },
  });
  const listening = await listen(server, { ...config, port: choosePort(config, standing) }, identity);
  const { posServerId } = identity;
  server.log.info({ posServerId, address: listening?.address ?? null }, "agent is ready");
  const dialOut = createDialOut({
    readTarget: monitor.target,
    identity,
    answer(request, response, connection) {
      dialled.set(request, connection);
      // Fastify takes requests of HTTP/1 and HTTP/2, but its type knows one.
      server.routing(request as never, response as never);
    },
    log: server.log,
    random,
  });
  const asking = keepAsking({ config, identity, log: server.log, random: random ?? Math.random });
  void status.prepare();
  checks.start();
  const quarantinePruning = keepQuarantinePruned(config, server.log);
  for (const kind of commands) void kind.resume();

  async function close(): Promise<void> {
    clearInterval(quarantinePruning);
    await Promise.all([asking.close(), dialOut.close()]);
    await server.close();
    await checks.close();
    await Promise.all(commands.map((kind) => kind.close()));
    await updates.close();
  }

  return { posServerId, listening, updated, close };
}
