import fp from "fastify-plugin";
import { type AgentPackages, createAgentPackages } from "./agent-packages.ts";

declare module "fastify" {
  interface FastifyInstance {
    agentPackages: AgentPackages;
  }
}

export default fp(
  async (app) => {
    app.decorate("agentPackages", createAgentPackages(app.config.dataDir));
  },
  { name: "agents" },
);
