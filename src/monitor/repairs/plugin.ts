import fp from "fastify-plugin";
import { isHeldBack } from "../installation/restored-copy.ts";
import type { RequestTable } from "../requests/claims.ts";
import { type Claimable, createRunner, type Runner } from "../requests/runner.ts";
import { withoutWaiting } from "../requests/waiting.ts";
import { listResetsToWorkOn } from "./database-resets/waited-for.ts";
import { createResetWork } from "./database-resets/work.ts";
import { listStartsToWorkOn } from "./service-starts/find-service-starts.ts";
import { createStartWork } from "./service-starts/work.ts";

/** A repair needs a place only while it talks to its POS server. */
const PLACES = { places: 16, placesEach: 12 };

declare module "fastify" {
  interface FastifyInstance {
    databaseResets: Runner;
    serviceStarts: Runner;
  }
}

interface RepairsOptions {
  /** Between two calls of one command; tests shorten it. */
  pauseMs?: number | undefined;
}

export default fp<RepairsOptions>(
  async (app, { pauseMs }) => {
    const { db } = app.database;
    const { clock, monotonicClock, fleet, pollNow, posClient, secretBox } = app;
    const log = app.log.child({ part: "database resets" });
    const dependencies = { db, client: posClient, pollNow, fleet, secretBox, log, clock, pauseMs };
    const listGoingOn = async (table: RequestTable, open: Claimable[]) =>
      !(await isHeldBack(db)) ? await withoutWaiting(db, table, open, posClient.agents, clock()) : [];
    const common = { db, ...PLACES, log, monotonicClock };
    const databaseResets = createRunner({
      ...common,
      table: "databaseReset",
      listClaimable: async () => await listGoingOn("databaseReset", await listResetsToWorkOn(db, clock())),
      work: createResetWork({
        ...dependencies,
        wakeLogRequests: () => app.logRequests.wake(),
        interruptLogRequest: (id) => app.logRequests.interrupt(id),
      }),
    });
    const serviceStarts = createRunner({
      ...common,
      table: "serviceStart",
      listClaimable: async () => await listGoingOn("serviceStart", await listStartsToWorkOn(db)),
      work: createStartWork(dependencies),
    });
    app.decorate("databaseResets", databaseResets);
    app.decorate("serviceStarts", serviceStarts);
    app.addHook("preClose", async () => {
      await Promise.all([databaseResets.stop(), serviceStarts.stop()]);
    });
  },
  { name: "repairs", dependencies: ["database", "fleet", "pos-client", "polling", "log-archives"] },
);
