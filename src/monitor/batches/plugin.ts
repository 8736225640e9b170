import fp from "fastify-plugin";
import { isHeldBack } from "../installation/restored-copy.ts";
import { createRunner, type Runner } from "../requests/runner.ts";
import { listItemsToWorkOn } from "./find-batches.ts";
import { createItemWork } from "./work.ts";

/** A few at once over all batches. */
const PLACES = 8;
/** Some may rest after a defect: the others go on. */
const LOOKED_AT = 200;

declare module "fastify" {
  interface FastifyInstance {
    batchItems: Runner;
  }
}

/** Works through the items of batches. `pauseMs`: between two looks at what an item waits for. */
export default fp<{ pauseMs?: number | undefined }>(
  async (app, { pauseMs }) => {
    const { db } = app.database;
    const batchItems = createRunner({
      db,
      table: "batchItem",
      places: PLACES,
      listClaimable: async () => ((await isHeldBack(db)) ? [] : await listItemsToWorkOn(db, LOOKED_AT)),
      work: createItemWork(app, pauseMs),
      log: app.log.child({ part: "batches" }),
      monotonicClock: app.monotonicClock,
    });
    app.decorate("batchItems", batchItems);
    app.addHook("preClose", async () => await batchItems.stop());
  },
  { name: "batches", dependencies: ["database", "polling", "log-archives", "repairs"] },
);
