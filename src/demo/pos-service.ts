import { existsSync, mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { boundCrmId, type DemoPosServer } from "./chain.ts";
import { describeExchangeFailure, exchangeWithMainServer } from "./exchange.ts";
import type { PosServerFolder } from "./folders.ts";
import { EXCHANGE_CANCELLED, EXCHANGE_FAILED, EXCHANGE_STARTED, EXCHANGE_SUCCEEDED } from "./log-line.ts";
import { openPosDatabase, type PosDatabase } from "./pos-database.ts";
import type { Random } from "./random.ts";
import type { ServiceLog } from "./service-log.ts";

export const SERVICE_NAME = "iikoCard5POS";

/** How fast a service lives; tests make it quicker. */
export interface ServiceTiming {
  /** How long it stays `starting` and `stopping`. */
  transitionMs: number;
  /** Between two exchanges: from, to. */
  exchangePauseMs: readonly [number, number];
  /** How long it waits for an answer of the main server. */
  exchangeTimeoutMs: number;
}

export const SERVICE_TIMING: ServiceTiming = {
  transitionMs: 1500,
  exchangePauseMs: [15_000, 20_000],
  exchangeTimeoutMs: 30_000,
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
  timing: ServiceTiming;
  random: Random;
  dispatcher: Dispatcher;
}

/** A simulated Windows service of one POS server, with a real database and a real log. */
export class PosService {
  readonly #parts: PosServiceParts;
  #state: PosServiceStatus["state"] = "stopped";
  #startedAt: number | null = null;
  #database: PosDatabase | null = null;
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
    const { log, posServer, folder, timing } = this.#parts;
    this.#state = "starting";
    await delay(timing.transitionMs);
    try {
      this.#database = this.#openDatabase();
    } catch (error) {
      this.#state = "stopped";
      log.write("ERROR", `База данных ${folder.database} не открывается: ${String(error)}`);
      throw error;
    }
    this.#state = "running";
    this.#startedAt = Date.now();
    this.#stopping = new AbortController();
    log.write("INFO", `Служба ${SERVICE_NAME} ${posServer.version} запущена, CrmId ${boundCrmId(posServer)}`);
    this.#exchanges = this.#exchangeUntilStopped(this.#database, this.#stopping.signal);
  }

  /** `running` → `stopping` → `stopped`; an exchange under way is given up. @throws in any other state. */
  async stop(): Promise<void> {
    if (this.#state !== "running")
      throw new Error(`The service cannot be stopped while it is ${this.#state}`);
    this.#state = "stopping";
    await this.#finish();
    await delay(this.#parts.timing.transitionMs);
    this.#state = "stopped";
  }

  /** Ends at once with the process that it lives in. */
  async shutDown(): Promise<void> {
    if (this.#state === "running") await this.#finish();
  }

  #openDatabase(): PosDatabase {
    const { folder, log } = this.#parts;
    mkdirSync(folder.dataFolder, { recursive: true });
    const isNew = !existsSync(folder.database);
    const database = openPosDatabase(folder.database);
    if (isNew) log.write("WARN", `База данных ${folder.database} не найдена, создана новая`);
    return database;
  }

  async #finish(): Promise<void> {
    this.#stopping.abort();
    await this.#exchanges;
    this.#database?.close();
    this.#database = null;
    this.#startedAt = null;
    this.#parts.log.write("INFO", `Служба ${SERVICE_NAME} остановлена`);
  }

  async #exchangeUntilStopped(database: PosDatabase, signal: AbortSignal): Promise<void> {
    const { random, timing } = this.#parts;
    while (!signal.aborted) {
      await this.#exchangeOnce(database, signal);
      await pause(random.integer(...timing.exchangePauseMs), signal);
    }
  }

  async #exchangeOnce(database: PosDatabase, signal: AbortSignal): Promise<void> {
    const { log, posServer, mainServerUrl, dispatcher, timing } = this.#parts;
    const timeoutMs = posServer.scenario === "exchange_hangs" ? null : timing.exchangeTimeoutMs;
    const crmId = boundCrmId(posServer);
    const startedAt = performance.now();
    log.write("INFO", EXCHANGE_STARTED);
    try {
      const { slug } = posServer;
      const task = { database, mainServerUrl, crmId, slug, timeoutMs, signal, dispatcher };
      const revision = await exchangeWithMainServer(task);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      log.write("INFO", `${EXCHANGE_SUCCEEDED}, ревизия ${revision}, ${seconds} с`);
    } catch (error) {
      if (signal.aborted) log.write("WARN", EXCHANGE_CANCELLED);
      else log.write("ERROR", `${EXCHANGE_FAILED}: ${describeExchangeFailure(error, timeoutMs)}`);
    }
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(durationMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
