import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { boundCrmId, type DemoPosServer, SERVICE_NAME } from "./chain.ts";
import { exchangeFailure, exchangeWithMainServer } from "./exchange.ts";
import type { PosServerFolder } from "./folders.ts";
import { openPosDatabase, type PosDatabase } from "./pos-database.ts";
import type { Random } from "./random.ts";
import type { ServiceLog } from "./service-log.ts";

const HOST = "127.0.0.1";

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

export interface PosServiceParts {
  posServer: DemoPosServer;
  folder: PosServerFolder;
  log: ServiceLog;
  mainServerUrl: string;
  tillPort: number;
  timing: ServiceTiming;
  random: Random;
  dispatcher: Dispatcher;
}

/** A simulated Windows service of one POS server, with a real database, log and port for the tills. */
export class PosService {
  readonly #parts: PosServiceParts;
  #state: PosServiceStatus["state"] = "stopped";
  #startedAt: number | null = null;
  #database: PosDatabase | null = null;
  #tills: Server | null = null;
  #exchangeNumber = 0;
  #stopping = new AbortController();
  #exchanges: Promise<void> = Promise.resolve();

  constructor(parts: PosServiceParts) {
    this.#parts = parts;
  }

  status(): PosServiceStatus {
    return { name: SERVICE_NAME, state: this.#state, startedAt: this.#startedAt };
  }

  /** `stopped` → `starting` → `running`, then it exchanges until it is stopped. @throws in any other state. */
  async start(): Promise<void> {
    if (this.#state !== "stopped")
      throw new Error(`The service cannot be started while it is ${this.#state}`);
    const { folder, log, posServer, tillPort, timing } = this.#parts;
    const { version } = posServer;
    this.#state = "starting";
    await delay(timing.transitionMs);
    let database: PosDatabase | null = null;
    // With a new database it exchanges.
    const isLying = posServer.scenario === "exchange_lies" && existsSync(folder.database);
    try {
      database = isLying ? null : this.#openDatabase();
      this.#tills = await listenForTills(tillPort, { name: SERVICE_NAME, version });
    } catch (error) {
      database?.close();
      this.#state = "stopped";
      log.write(log.wording.serviceNotStarted(String(error)));
      throw error;
    }
    this.#database = database;
    this.#state = "running";
    this.#startedAt = Date.now();
    this.#stopping = new AbortController();
    this.#exchangeNumber = 0;
    log.write(log.wording.serviceStarted(version, boundCrmId(posServer)));
    this.#exchanges = this.#exchangeUntilStopped(database, this.#stopping.signal);
  }

  /** `running` → `stopping` → `stopped`; cancels an exchange. @throws in any other state. */
  async stop(): Promise<void> {
    if (this.#state !== "running")
      throw new Error(`The service cannot be stopped while it is ${this.#state}`);
    this.#state = "stopping";
    await this.#finish();
    await delay(this.#parts.timing.transitionMs);
    this.#state = "stopped";
  }

  async stopAnswering(): Promise<void> {
    const tills = this.#tills;
    this.#tills = null;
    tills?.closeAllConnections();
    await tills?.[Symbol.asyncDispose]();
  }

  /** Ends at once, with its process. */
  async shutDown(): Promise<void> {
    if (this.#state === "running") await this.#finish();
  }

  #openDatabase(): PosDatabase {
    const { folder, log } = this.#parts;
    mkdirSync(folder.dataFolder, { recursive: true });
    const isNew = !existsSync(folder.database);
    const database = openPosDatabase(folder.database);
    if (isNew) log.write(log.wording.databaseMade(folder.database));
    return database;
  }

  async #finish(): Promise<void> {
    const { log } = this.#parts;
    this.#stopping.abort();
    await Promise.all([this.#exchanges, this.stopAnswering()]);
    this.#database?.close();
    this.#database = null;
    this.#startedAt = null;
    log.write(log.wording.serviceStopped());
  }

  async #exchangeUntilStopped(database: PosDatabase | null, signal: AbortSignal): Promise<void> {
    const { random, timing } = this.#parts;
    while (!signal.aborted) {
      if (database) await this.#exchangeOnce(database, signal);
      else this.#pretend();
      const pauseMs = random.integer(...timing.exchangePauseMs);
      await delay(pauseMs, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  #pretend(): void {
    const { log } = this.#parts;
    this.#exchangeNumber += 1;
    const number = this.#exchangeNumber;
    log.write(log.wording.exchangeStarted(number));
    log.write(...log.wording.exchangeSucceeded({ number, revision: "1", rows: 0, durationMs: 0 }));
  }

  async #exchangeOnce(database: PosDatabase, signal: AbortSignal): Promise<void> {
    const { log, posServer, mainServerUrl, dispatcher, timing } = this.#parts;
    const timeoutMs = posServer.scenario === "exchange_hangs" ? null : timing.exchangeTimeoutMs;
    const crmId = boundCrmId(posServer);
    const startedAt = performance.now();
    this.#exchangeNumber += 1;
    const number = this.#exchangeNumber;
    log.write(log.wording.exchangeStarted(number));
    try {
      const { slug } = posServer;
      const task = { database, mainServerUrl, crmId, slug, timeoutMs, signal, dispatcher };
      const { revision, rows } = await exchangeWithMainServer(task);
      const durationMs = performance.now() - startedAt;
      log.write(...log.wording.exchangeSucceeded({ number, revision: String(revision), rows, durationMs }));
    } catch (error) {
      const failure = exchangeFailure(error, { timeoutMs, mainServerUrl });
      log.write(
        signal.aborted
          ? log.wording.exchangeCancelled(number)
          : log.wording.exchangeFailed({ number, failure, guest: null }),
      );
    }
  }
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
