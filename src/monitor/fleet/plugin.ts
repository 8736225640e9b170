import fp from "fastify-plugin";
import { createFleet, type Fleet } from "./fleet.ts";

declare module "fastify" {
  interface FastifyInstance {
    fleet: Fleet;
  }
}

/** Gives the poller and the pages what follows from the fleet as a whole. */
export default fp(
  async (app) => {
    app.decorate("fleet", createFleet(app.database, app.clock));
  },
  { name: "fleet", dependencies: ["database"] },
);
