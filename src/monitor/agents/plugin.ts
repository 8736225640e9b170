import fp from "fastify-plugin";
import { type AgentPackages, createAgentPackages } from "./agent-packages.ts";

declare module "fastify" {
  interface FastifyInstance {
    agentPackages: AgentPackages;
  }
}

/** What is offered to agents. */
export default fp(
  async (app) => {
    app.decorate("agentPackages", createAgentPackages(app.config.dataDir));
  },
  { name: "agents" },
);
