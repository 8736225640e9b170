import fp from "fastify-plugin";
import { createSender, type Sender } from "./sending/sender.ts";

declare module "fastify" {
  interface FastifyInstance {
    logPatterns: Sender;
  }
}

export default fp(
  async (app) => {
    const { database, clock, posClient: client, secretBox } = app;
    const log = app.log.child({ part: "log patterns" });
    const sender = createSender({ database, client, secretBox, clock, log });
    app.decorate("logPatterns", sender);
    app.addHook("preClose", () => sender.stop());
  },
  { name: "log-patterns", dependencies: ["database", "fleet", "pos-client", "polling"] },
);
