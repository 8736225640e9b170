import fp from "fastify-plugin";
import { createLogSearchWork, type LogSearchWork } from "./work.ts";

declare module "fastify" {
  interface FastifyInstance {
    logSearchWork: LogSearchWork;
  }
}

/** «Где ещё?»: has agents search while somebody looks. */
export default fp(
  async (app) => {
    const { secretBox, posClient: client, clock, monotonicClock } = app;
    const log = app.log.child({ part: "log searches" });
    const work = createLogSearchWork({ db: app.database.db, secretBox, client, log, clock, monotonicClock });
    app.decorate("logSearchWork", work);
    app.addHook("preClose", async () => await work.stop());
  },
  { name: "log-searches", dependencies: ["database", "pos-client"] },
);
