import type { FastifyReply } from "fastify";
import type { ApiError } from "../../protocol/api-error.ts";

/** Code and message may be shown to anybody, so neither may hold a secret. */
export function sendError(reply: FastifyReply, status: number, error: string, message: string): FastifyReply {
  return reply.code(status).send({ error, message } satisfies ApiError);
}
