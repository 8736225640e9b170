import fp from "fastify-plugin";
import { createFleet, type Fleet } from "./fleet.ts";

declare module "fastify" {
  interface FastifyInstance {
    fleet: Fleet;
  }
}

export default fp(
  async (app) => {
    app.decorate("fleet", createFleet(app.database, app.clock));
  },
  { name: "fleet", dependencies: ["database"] },
);
