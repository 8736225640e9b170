import type { FastifyInstance } from "fastify";
import type { Test } from "tap";
import { buildApp } from "../../src/monitor/app.ts";
import { type Config, readConfig } from "../../src/monitor/config.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import type { ConnectionTerms } from "../../src/monitor/plugins/connections.ts";
import type { ReachWitness } from "../../src/monitor/polling/own-network/witnesses.ts";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import { createPosClient, type PosClient, type StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { addOrganization, addPosServer, type NewPosServer } from "../../src/monitor/registry/registry.ts";
import type { OrganizationAccess } from "../../src/monitor/viewer/access.ts";
import { createClock, type TestClock } from "./clock.ts";
import { COMPILED_SCHEMAS } from "./compiled-schemas.ts";
import { makeFolder } from "./folder.ts";
import { provideDatabase } from "./migrated-database.ts";
import { failed, type Reported, received } from "./outcomes.ts";
import { TOKEN } from "./pos-server.ts";

/** A monitor whose clock is the test's and whose POS servers need not be there. */
export interface TestMonitor {
  app: FastifyInstance;
  db: Db;
  dataDir: string;
  clock: TestClock;
  /** Adds an organization with a CrmId of its own. @returns its id. */
  addOrganization(name?: string, crmId?: string): Promise<number>;
  /** Adds a POS server, of the first organization unless told. @returns its id. */
  addPosServer(changes?: Partial<NewPosServer>): Promise<number>;
  /** Saves a report as if it had been polled now; incidents follow at once, as they do within a second while the monitor listens. */
  report(id: number, reported?: Reported): Promise<void>;
  /** Saves as many failed polls as make it unreachable. */
  fail(id: number, ...failure: [Parameters<typeof failed>[1]?, string?]): Promise<void>;
  save(id: number, ...outcomes: StatusOutcome[]): Promise<void>;
}

export interface TestMonitorOptions {
  client?: PosClient;
  clock?: TestClock;
  dataDir?: string;
  config?: Partial<Config>;
  logStream?: NodeJS.WritableStream;
  connectionTerms?: Partial<ConnectionTerms>;
  /** Between two calls of one command. */
  pauseMs?: number;
  /** Of the network of the monitor itself. */
  reachWitness?: ReachWitness;
  prepare?: (app: FastifyInstance) => void;
  /** What the viewer may see; everything unless told. */
  access?: () => OrganizationAccess;
}

/** Builds the app in a temporary folder and closes it when the test ends. Nothing listens, nothing is polled by itself. */
export async function startMonitor(t: Test, options: TestMonitorOptions = {}): Promise<TestMonitor> {
  const { clock = createClock(), dataDir = makeFolder(t), config, access, prepare, ...parts } = options;
  if (!options.dataDir) await provideDatabase(dataDir);
  const logLevel = parts.logStream ? "debug" : "silent";
  const usual = readConfig({ DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: logLevel });
  const app = await buildApp(
    { ...usual, ...config },
    {
      ...parts,
      clock,
      monotonicClock: clock,
      schemaController: COMPILED_SCHEMAS,
      client: parts.client ?? createPosClient({ now: clock, monotonicClock: clock }),
    },
  );
  if (access) {
    app.addHook("preHandler", async (request) => {
      request.viewer.organizations = access();
    });
  }
  prepare?.(app);
  t.teardown(() => app.close());
  await app.ready();

  const { db } = app.database;
  let added = 0;

  async function save(id: number, ...outcomes: StatusOutcome[]): Promise<void> {
    for (const outcome of outcomes) {
      await savePollResults(db, [{ posServerId: id, outcome }], await app.fleet.stateRules());
      await keepIncidents(db, clock());
    }
  }

  return {
    app,
    db,
    dataDir,
    clock,
    async addOrganization(name, crmId) {
      added++;
      return await addOrganization(
        db,
        { name: name ?? `Organization ${added}`, crmId: crmId ?? String(100_000 + added) },
        clock(),
      );
    },
    async addPosServer(changes = {}) {
      added++;
      const first = await db.selectFrom("organization").select("id").orderBy("id").executeTakeFirst();
      const organizationId =
        changes.organizationId ??
        first?.id ??
        (await addOrganization(db, { name: "ООО «Вкусный дом»", crmId: "100237" }, clock()));
      return await addPosServer(
        db,
        app.secretBox,
        {
          organizationId,
          name: `Тверская, ${added}`,
          connection: "direct",
          address: `https://10.8.3.${added % 250}:8443`,
          token: TOKEN,
          fingerprint: null,
          identity: null,
          pollIntervalMs: null,
          isParked: false,
          ...changes,
        },
        clock(),
      );
    },
    save,
    report: (id, reported) => save(id, received(clock(), reported)),
    fail: (id, code, detail) => save(id, failed(clock(), code, detail), failed(clock(), code, detail)),
  };
}
