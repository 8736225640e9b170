import fp from "fastify-plugin";
import { createFleet, type Fleet } from "./fleet.ts";

declare module "fastify" {
  interface FastifyInstance {
    fleet: Fleet;
  }
}

export interface FleetOptions {
  clock: () => number;
}

/** What follows from the fleet as a whole, for the poller and the pages. */
export default fp<FleetOptions>(
  async (app, { clock }) => {
    app.decorate("fleet", createFleet(app.database, clock));
  },
  { name: "fleet", dependencies: ["database"] },
);
