import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type Dispatcher, request } from "undici";
import { boundCrmId, type DemoPosServer, SERVICE_NAME } from "./chain.ts";
import type { PosServerFolder } from "./folders.ts";
import type { ExchangeFailure } from "./log-wording.ts";
import type { LoyaltyChanges } from "./loyalty.ts";
import { ApplyChangesError, openPosDatabase, type PosDatabase } from "./pos-database.ts";
import type { Random } from "./random.ts";
import { createServiceLog } from "./service-log.ts";

const HOST = "127.0.0.1";
const NO_TIMEOUT = 0;
const HTTP_OK = 200;
const TIMEOUT_CODES = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"];
const CONNECTION_LOST_CODES = ["UND_ERR_SOCKET", "ECONNRESET"];

/** Tests shorten it. */
export interface ServiceTiming {
  transitionMs: number;
  /** Between two exchanges: from, to. */
  exchangePauseMs: readonly [number, number];
  exchangeTimeoutMs: number;
  /** The scenario `port_dies` answers its tills for so long. */
  portLifetimeMs: number;
}

export const SERVICE_TIMING: ServiceTiming = {
  transitionMs: 1500,
  exchangePauseMs: [15_000, 20_000],
  exchangeTimeoutMs: 30_000,
  portLifetimeMs: 50_000,
};

export interface PosServiceStatus {
  name: string;
  state: "running" | "stopped" | "starting" | "stopping";
  /** ms UTC */
  startedAt: number | null;
}

interface PosServiceParts {
  posServer: DemoPosServer;
  folder: PosServerFolder;
  mainServerUrl: string;
  tillPort: number;
  timing: ServiceTiming;
  random: Random;
  dispatcher: Dispatcher;
}

export type PosService = ReturnType<typeof createPosService>;

/** A simulated Windows service of one POS server, with a real database, log and port for the tills. */
export function createPosService(parts: PosServiceParts) {
  const { posServer, folder, mainServerUrl, tillPort, timing, random, dispatcher } = parts;
  const { slug, scenario, version } = posServer;
  const crmId = boundCrmId(posServer);
  const { write, wording } = createServiceLog(folder.logs, posServer);
  let state: PosServiceStatus["state"] = "stopped";
  let startedAt: number | null = null;
  let database: PosDatabase | null = null;
  let tills: Server | null = null;
  let stopping = new AbortController();
  let exchanges: Promise<void> = Promise.resolve();

  return {
    status: (): PosServiceStatus => ({ name: SERVICE_NAME, state, startedAt }),
    /** `stopped` → `starting` → `running`, then it exchanges until it is stopped. @throws in any other state. */
    async start(): Promise<void> {
      if (state !== "stopped") throw new Error(`The service cannot be started while it is ${state}`);
      state = "starting";
      await delay(timing.transitionMs);
      // With a new database it exchanges.
      const isLying = scenario === "exchange_lies" && existsSync(folder.database);
      try {
        database = isLying ? null : openDatabase();
        tills = await listenForTills(tillPort, { name: SERVICE_NAME, version });
      } catch (error) {
        closeDatabase();
        state = "stopped";
        write(wording.serviceNotStarted(String(error)));
        throw error;
      }
      state = "running";
      startedAt = Date.now();
      stopping = new AbortController();
      write(wording.serviceStarted(version, crmId));
      exchanges = exchangeUntilStopped(stopping.signal);
    },
    /** `running` → `stopping` → `stopped`; cancels an exchange. @throws in any other state. */
    async stop(): Promise<void> {
      if (state !== "running") throw new Error(`The service cannot be stopped while it is ${state}`);
      state = "stopping";
      await finish();
      await delay(timing.transitionMs);
      state = "stopped";
    },
    stopAnswering,
    /** Ends at once, with its process. */
    async shutDown(): Promise<void> {
      if (state === "running") await finish();
    },
  };

  function openDatabase(): PosDatabase {
    mkdirSync(folder.dataFolder, { recursive: true });
    const isNew = !existsSync(folder.database);
    const opened = openPosDatabase(folder.database);
    if (isNew) write(wording.databaseMade(folder.database));
    return opened;
  }

  function closeDatabase(): void {
    database?.close();
    database = null;
  }

  async function stopAnswering(): Promise<void> {
    const answering = tills;
    tills = null;
    answering?.closeAllConnections();
    await answering?.[Symbol.asyncDispose]();
  }

  async function finish(): Promise<void> {
    stopping.abort();
    await Promise.all([exchanges, stopAnswering()]);
    closeDatabase();
    startedAt = null;
    write(wording.serviceStopped());
  }

  async function exchangeUntilStopped(signal: AbortSignal): Promise<void> {
    for (let number = 1; !signal.aborted; number++) {
      write(wording.exchangeStarted(number));
      if (database) await exchangeOnce(database, number, signal);
      else write(...wording.exchangeSucceeded({ number, revision: "1", rows: 0, durationMs: 0 }));
      const pauseMs = random.integer(...timing.exchangePauseMs);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async function exchangeOnce(database: PosDatabase, number: number, signal: AbortSignal): Promise<void> {
    const timeoutMs = scenario === "exchange_hangs" ? NO_TIMEOUT : timing.exchangeTimeoutMs;
    const begunAt = performance.now();
    try {
      const changes = await fetchChanges(database.readRevision(), timeoutMs, signal);
      database.applyChanges(changes);
      const { programs, guests, wallets } = changes;
      const rows = programs.length + guests.length + wallets.length;
      const [revision, durationMs] = [String(changes.revision), performance.now() - begunAt];
      write(...wording.exchangeSucceeded({ number, revision, rows, durationMs }));
    } catch (error) {
      // The log says that the service has stopped.
      if (signal.aborted) return;
      const failure = exchangeFailure(error, { timeoutMs, mainServerUrl });
      write(wording.exchangeFailed({ number, failure, guest: null }));
    }
  }

  async function fetchChanges(
    revision: number,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<LoyaltyChanges> {
    const { statusCode, body } = await request(`${mainServerUrl}/exchange/${crmId}`, {
      query: { revision, posServer: slug },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal,
      dispatcher,
    });
    if (statusCode === HTTP_OK) return (await body.json()) as LoyaltyChanges;
    await body.dump();
    throw new Error(`HTTP ${statusCode}`);
  }
}

/** @param at.timeoutMs 0 = the main server may be silent for ever. */
export function exchangeFailure(
  error: unknown,
  { timeoutMs, mainServerUrl }: { timeoutMs: number; mainServerUrl: string },
): ExchangeFailure {
  if (error instanceof ApplyChangesError) {
    const { table, code, message } = error;
    return { kind: "database", table, code, message };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (TIMEOUT_CODES.includes(code)) return { kind: "timeout", timeoutMs };
  if (CONNECTION_LOST_CODES.includes(code)) return { kind: "connection_lost" };
  return { kind: "not_connected", host: new URL(mainServerUrl).hostname, code };
}

/** Answers every request with the name and the version of the POS server. @throws when the port is taken. */
async function listenForTills(port: number, answer: { name: string; version: string }) {
  const body = JSON.stringify(answer);
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(body);
  });
  server.listen(port, HOST);
  await once(server, "listening");
  return server;
}
