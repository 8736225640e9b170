import fp from "fastify-plugin";
import { isHeldBack } from "../installation/restored-copy.ts";
import { createRunner, type Runner } from "../requests/runner.ts";
import { createExcerptWork } from "./fetch-excerpt.ts";
import { listDueExcerpts } from "./find-excerpts.ts";

/** A few at once over the whole chain: a common failure is no storm of calls. */
const PLACES = 4;

declare module "fastify" {
  interface FastifyInstance {
    logExcerpts: Runner;
  }
}

/** Fetches the lines around the beginning and the end of errors, as the poller queues them. */
export default fp(
  async (app) => {
    const { db } = app.database;
    const { clock, posClient: client, secretBox } = app;
    const logExcerpts = createRunner({
      db,
      table: "logExcerpt",
      places: PLACES,
      listClaimable: async () => ((await isHeldBack(db)) ? [] : await listDueExcerpts(db, clock())),
      work: createExcerptWork({ db, client, secretBox, clock }),
      log: app.log.child({ part: "log excerpts" }),
      monotonicClock: app.monotonicClock,
    });
    app.decorate("logExcerpts", logExcerpts);
    app.addHook("preClose", async () => await logExcerpts.stop());
  },
  { name: "log-excerpts", dependencies: ["database", "pos-client", "polling"] },
);
