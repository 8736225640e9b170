import type { FastifyReply, FastifyRequest } from "fastify";
import { bearerToken, isSameSecret } from "../protocol/bearer-token.ts";
import type { ConnectionGuard } from "../protocol/connection-limits.ts";
import { createRefusalLog } from "../protocol/refusal-log.ts";
import { explainInvalidReport, type StatusReport } from "../protocol/status-report.ts";
import { type CommandCallsOptions, commandCalls } from "./commands/command-calls.ts";
import { type MonitorPinsCallOptions, monitorPinsCall } from "./enrolment/known-monitor.ts";
import { type AgentServer, sendError } from "./http/server.ts";
import { type LineCallsOptions, lineCalls } from "./log-lines/line-calls.ts";
import { type LogCallsOptions, logCalls } from "./logs/log-calls.ts";
import { type TeachingCallsOptions, teachingCalls } from "./teaching/teaching-calls.ts";
import { type UpdateCallsOptions, updateCalls } from "./updates/update-calls.ts";

interface ApiDependencies {
  token: string;
  readStatus: () => Promise<StatusReport>;
  onReported: () => void;
  logs: LogCallsOptions;
  lines: Omit<LineCallsOptions, "token">;
  commands: CommandCallsOptions;
  teaching: TeachingCallsOptions;
  monitorPins: MonitorPinsCallOptions;
  updates: UpdateCallsOptions;
}

/** Adds the calls of the POS status API under `<pathPrefix>/v1`; unknown calls need the token too. */
export function addApi(
  server: AgentServer,
  pathPrefix: string,
  { token, readStatus, onReported, logs, lines, commands, teaching, monitorPins, updates }: ApiDependencies,
): void {
  server.register(
    async (api) => {
      api.addHook("onRequest", requireToken(token, server.connections));
      api.setNotFoundHandler((_request, reply) => sendError(reply, 404, "not_found", "No such call."));

      api.register(logCalls, logs);
      api.register(lineCalls, { ...lines, token });
      api.register(commandCalls, commands);
      api.register(teachingCalls, teaching);
      api.register(monitorPinsCall, monitorPins);
      api.register(updateCalls, updates);
      const onResponse = async (_request: FastifyRequest, reply: FastifyReply) => {
        if (reply.statusCode === 200) onReported();
      };
      api.get("/status", { onResponse }, async (request, reply) => {
        const report = await readStatus();
        const problem = explainInvalidReport(report);
        if (problem === null) return reply.header("cache-control", "no-store").send(report);
        request.log.error({ problem }, "the status is not a valid report");
        return sendError(reply, 500, "invalid_report", `The agent's own report is not valid: ${problem}`);
      });
    },
    { prefix: `${pathPrefix}/v1` },
  );
}

function requireToken(token: string, connections: ConnectionGuard) {
  const refusals = createRefusalLog();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = bearerToken(request.headers);
    if (given !== null && isSameSecret(given, token)) {
      connections.trust(request.raw.socket);
      return undefined;
    }
    refusals.add(request.ip, request.log);
    reply.header("connection", "close").header("www-authenticate", "Bearer");
    return sendError(reply, 401, "unauthorized", "This call needs the token of this agent.");
  };
}
