import fp from "fastify-plugin";
import { createPosClient, type PosClient } from "./client.ts";

declare module "fastify" {
  interface FastifyInstance {
    posClient: PosClient;
  }
}

interface PosClientPluginOptions {
  /** For tests; it is closed with the app too. */
  client?: PosClient | undefined;
}

export default fp<PosClientPluginOptions>(
  async (app, { client }) => {
    const { clock: now, monotonicClock } = app;
    const posClient = client ?? createPosClient({ now, monotonicClock });
    app.decorate("posClient", posClient);
    app.addHook("onClose", () => posClient.close());
  },
  { name: "pos-client" },
);
