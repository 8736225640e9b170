import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { MonitorPins } from "../../protocol/enrolment.ts";
import type { MonitorConnection } from "../dial-out/answering.ts";
import { apiError } from "../http/api-error-body.ts";
import type { AgentServer } from "../http/server.ts";
import type { KnownMonitor } from "./known-monitor.ts";

const REFUSED = {
  other_key: "The key of this very connection is not among them.",
  moved: "This agent is about to connect to another monitor.",
};

export interface MonitorPinsCallOptions {
  /** Over which connection to the monitor a call came; null = at the open port. */
  connectionOf: (request: FastifyRequest) => MonitorConnection | null;
  monitor: Pick<KnownMonitor, "takePins">;
}

/** The call `PUT /monitor-pins`, which is there only for the monitor that the agent itself has dialled. */
export async function monitorPinsCall(
  server: AgentServer,
  { connectionOf, monitor }: MonitorPinsCallOptions,
): Promise<void> {
  const api = server.withTypeProvider<TypeBoxTypeProvider>().setValidatorCompiler(TypeBoxValidatorCompiler);
  api.put(
    "/monitor-pins",
    {
      schema: { body: MonitorPins },
      onRequest: async (request, reply) => (connectionOf(request) ? undefined : reply.callNotFound()),
    },
    async (request, reply) => {
      const connection = connectionOf(request);
      if (!connection) return reply.callNotFound();
      const { pins } = request.body;
      const outcome = await monitor.takePins(pins, connection);
      if (outcome === "other_key" || outcome === "moved")
        return reply.code(409).send(apiError(outcome, REFUSED[outcome]));
      if (outcome === "taken") request.log.info({ pins }, "the monitor announced its keys");
      return reply.header("cache-control", "no-store").send({ pins });
    },
  );
}
