import fp from "fastify-plugin";
import { createOfferedUpdates, type OfferedUpdates } from "./rollouts/offered-update.ts";
import { createUpdater, type Updater } from "./updater.ts";

declare module "fastify" {
  interface FastifyInstance {
    offeredUpdates: OfferedUpdates;
    agentUpdates: Updater;
  }
}

export default fp(
  async (app) => {
    const { database, clock, posClient: client, secretBox } = app;
    const offered = createOfferedUpdates(app.config.dataDir);
    const log = app.log.child({ part: "agent updates" });
    const pollSoon = (posServerId: number) => app.poller.pollSoon(posServerId);
    const updater = createUpdater({ db: database.db, client, secretBox, clock, offered, pollSoon, log });
    app.decorate("offeredUpdates", offered);
    app.decorate("agentUpdates", updater);
    app.addHook("preClose", () => updater.stop());
  },
  { name: "agent-updates", dependencies: ["database", "fleet", "pos-client", "polling"] },
);
