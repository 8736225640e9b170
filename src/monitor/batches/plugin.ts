import fp from "fastify-plugin";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Actor } from "../audit-log/record-event.ts";
import { isHeldBack } from "../installation/restored-copy.ts";
import { BusyError } from "../plugins/errors.ts";
import { actorColumns, shareOf } from "../requests/request-columns.ts";
import { createRunner, type Runner } from "../requests/runner.ts";
import { createBatch, type NewBatch } from "./create-batch.ts";
import { listItemsToWorkOn } from "./find-batches.ts";
import { createItemWork } from "./work.ts";

/** A few at once over all batches. */
const PLACES = { places: 12, placesEach: 8 };
/** The most batches of one person; `duration` in seconds. */
const MOST_BATCHES = { points: 60, duration: 60 };

declare module "fastify" {
  interface FastifyInstance {
    batchItems: Runner;
    /** Queues a batch, and wakes who works on it. @returns its id. @throws BusyError when somebody makes too many. */
    beginBatch(actor: Actor, batch: NewBatch): Promise<number>;
  }
}

/** Works through the items of batches. `pauseMs`: between two looks at what an item waits for. */
export default fp<{ pauseMs?: number | undefined }>(
  async (app, { pauseMs }) => {
    const { db } = app.database;
    const batchItems = createRunner({
      db,
      table: "batchItem",
      ...PLACES,
      listClaimable: async () => ((await isHeldBack(db)) ? [] : await listItemsToWorkOn(db)),
      work: createItemWork(app, pauseMs),
      log: app.log.child({ part: "batches" }),
      monotonicClock: app.monotonicClock,
    });
    app.decorate("batchItems", batchItems);
    const limiter = new RateLimiterMemory(MOST_BATCHES);
    app.decorate("beginBatch", async (actor, batch) => {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(shareOf(actorColumns(actor)));
      if (consumedPoints > MOST_BATCHES.points)
        throw new BusyError("batches", Math.ceil(msBeforeNext / 1_000));
      const id = await createBatch(db, actor, batch, app.clock());
      batchItems.wake();
      return id;
    });
    app.addHook("preClose", async () => await batchItems.stop());
  },
  { name: "batches", dependencies: ["database", "polling", "log-archives", "repairs"] },
);
