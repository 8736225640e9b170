import fp from "fastify-plugin";
import { createMomentaryAbsences } from "./momentary-absence.ts";
import { beginMonitorRun, continueMonitorRun } from "./monitor-run.ts";
import { createPollNow, type PollNow } from "./poll-now.ts";
import { createPoller, type Poller } from "./poller.ts";

declare module "fastify" {
  interface FastifyInstance {
    poller: Poller;
    /** Polls one POS server at once, beside the poller. */
    pollNow: PollNow;
    /** Records that the monitor still runs; called every minute. */
    continueRun(): Promise<void>;
  }
}

const STOP_GRACE_MS = 2_000;

/** The poller of this process. The schedule drives it; closing the app saves what it has. */
export default fp(
  async (app) => {
    const { db } = app.database;
    const { clock, monotonicClock, fleet, posClient: client, secretBox } = app;
    const absences = createMomentaryAbsences(client.agents, monotonicClock);
    const poller = createPoller({
      db,
      client,
      absences,
      clock,
      monotonicClock,
      fleet,
      secretBox,
      log: app.log.child({ part: "polling" }),
    });
    app.decorate("poller", poller);
    app.decorate(
      "pollNow",
      createPollNow({
        ...{ db, client, absences, fleet, secretBox, clock },
        onAnswer: (id) => poller.recover(id),
      }),
    );

    let runId: number | null = null;
    app.addHook("onListen", async () => {
      runId = await beginMonitorRun(db, clock());
    });
    app.decorate("continueRun", async () => {
      if (runId !== null) runId = await continueMonitorRun(db, runId, clock());
    });
    app.addHook("preClose", async () => {
      await poller.stop(STOP_GRACE_MS);
      await app.continueRun();
    });
  },
  { name: "polling", dependencies: ["database", "fleet", "pos-client"] },
);
