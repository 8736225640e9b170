import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server, ServerOptions } from "node:https";
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  LogController,
} from "fastify";
import pLimit from "p-limit";
import {
  type ConnectionGuard,
  type ConnectionLimits,
  guardConnections,
} from "../../protocol/connection-limits.ts";
import type { ApiError } from "../../protocol/field-types.ts";
import type { Identity } from "../machine/identity.ts";

const BODY_LIMIT_BYTES = 64 * 1024;
/** Longer than the pause between two polls: 60 s, or 5 minutes after failures. */
const KEEP_ALIVE_MS = 6 * 60_000;
const REQUEST_TIMEOUT_MS = 15_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const SESSION_LIFETIME_SECONDS = 24 * 60 * 60;
const CONNECTION_LIMITS: ConnectionLimits = { maxConnections: 100, maxByAddress: 30, untrustedMs: 15_000 };

const RETRY_AFTER_SECONDS = 5;
/** One that runs and two that wait. */
const MAX_ASKED = 3;

declare module "fastify" {
  interface FastifyInstance {
    connections: ConnectionGuard;
  }
}

export type AgentLogger = FastifyBaseLogger | boolean;
export type AgentServer = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export function buildAgentServer(identity: Identity, logger: AgentLogger): AgentServer {
  const https: ServerOptions = {
    key: identity.privateKey,
    cert: identity.certificate,
    minVersion: "TLSv1.2",
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    sessionTimeout: SESSION_LIFETIME_SECONDS,
  };
  const server = Fastify({
    https,
    ...(typeof logger === "boolean" ? { logger } : { loggerInstance: logger }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  }).withTypeProvider<TypeBoxTypeProvider>();
  server.setValidatorCompiler(TypeBoxValidatorCompiler);
  server.decorate("connections", guardConnections(server.server, CONNECTION_LIMITS));
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply, status, error.code ?? "bad_request", error.message);
    request.log.error({ err: error, method: request.method, url: request.url }, "request failed");
    return sendError(reply, 500, "internal_error", "The agent failed; its log says why.");
  });
  server.setNotFoundHandler((_request, reply) => sendError(reply, 404, "not_found", "No such address."));
  server.addHook("onResponse", async (request, reply) => {
    const { method, url, ip } = request;
    request.log.debug(
      { method, url, ip, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      "answered",
    );
  });
  return server;
}

type InTurn = <Result>(reply: FastifyReply, read: () => Promise<Result>) => Promise<FastifyReply>;

/** Reading logs takes seconds: one call at a time, and few may wait. */
export function createTurns(): InTurn {
  const oneByOne = pLimit(1);
  return async (reply, read) => {
    if (oneByOne.activeCount + oneByOne.pendingCount === MAX_ASKED) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      return sendError(reply, 503, "busy", "The logs are being looked through already.");
    }
    return reply.header("cache-control", "no-store").send(await oneByOne(read));
  };
}

/** Code and message may be shown to anybody, so neither may hold a secret. */
export function sendError(reply: FastifyReply, status: number, error: string, message: string): FastifyReply {
  return reply.code(status).send({ error, message } satisfies ApiError);
}
