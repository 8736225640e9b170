import fp from "fastify-plugin";
import { createMomentaryAbsences } from "./momentary-absence.ts";
import { beginMonitorRun, continueMonitorRun } from "./monitor-run.ts";
import { createOutgoingHeartbeat, type OutgoingHeartbeat } from "./own-network/outgoing-heartbeat.ts";
import { createOwnNetwork, endNetworkOutages, type OwnNetwork } from "./own-network/own-network.ts";
import { type ReachWitness, reachWitness } from "./own-network/witnesses.ts";
import { createPollNow, type PollNow } from "./poll-now.ts";
import { createPoller, type Poller } from "./poller.ts";

declare module "fastify" {
  interface FastifyInstance {
    poller: Poller;
    ownNetwork: OwnNetwork;
    reachWitness: ReachWitness;
    outgoingHeartbeat: OutgoingHeartbeat;
    pollNow: PollNow;
    continueRun(): Promise<void>;
  }
}

const STOP_GRACE_MS = 2_000;

interface PollingOptions {
  /** Tests replace it. */
  reachWitness?: ReachWitness | undefined;
}

/** The poller of this process. Jobs drive it; closing the app saves what it has. */
export default fp<PollingOptions>(
  async (app, { reachWitness: reach = reachWitness }) => {
    const { db } = app.database;
    const { clock, monotonicClock, fleet, posClient: client, secretBox } = app;
    const absences = createMomentaryAbsences(client.agents, monotonicClock);
    const log = app.log.child({ part: "polling" });
    const ownNetwork = createOwnNetwork({ db, reach, log, clock, monotonicClock });
    const outgoingHeartbeat = createOutgoingHeartbeat(log, clock);
    app.decorate("ownNetwork", ownNetwork);
    app.decorate("reachWitness", reach);
    app.decorate("outgoingHeartbeat", outgoingHeartbeat);
    const shared = { db, client, absences, ownNetwork, clock, fleet, secretBox };
    const poller = createPoller({ ...shared, monotonicClock, log });
    app.decorate("poller", poller);
    app.decorate("pollNow", createPollNow({ ...shared, onAnswer: (id) => poller.recover(id) }));

    let runId: number | null = null;
    app.addHook("onListen", async () => {
      runId = await beginMonitorRun(db, clock());
      await endNetworkOutages(db, clock());
    });
    app.decorate("continueRun", async () => {
      if (runId !== null) runId = await continueMonitorRun(db, runId, clock());
    });
    app.addHook("preClose", async () => {
      await poller.stop(STOP_GRACE_MS);
      outgoingHeartbeat.close();
      await app.continueRun();
    });
  },
  { name: "polling", dependencies: ["database", "fleet", "pos-client"] },
);
