import type { FastifyReply, FastifyRequest } from "fastify";
import { bearerToken } from "../../protocol/bearer-token.ts";
import type { ConnectionGuard } from "../../protocol/connection-limits.ts";
import { isSameSecret } from "../../protocol/is-same-secret.ts";
import { createRefusalLog } from "../../protocol/refusal-log.ts";
import { apiError } from "./api-error-body.ts";

/** Makes the hook that refuses every call without `Authorization: Bearer <token>`, and closes its connection. */
export function requireToken(token: string, connections: ConnectionGuard) {
  const refusals = createRefusalLog();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = bearerToken(request.headers);
    if (given !== null && isSameSecret(given, token)) {
      connections.trust(request.raw.socket);
      return undefined;
    }
    refusals.add(request.ip, request.log);
    return reply
      .code(401)
      .header("connection", "close")
      .header("www-authenticate", "Bearer")
      .send(apiError("unauthorized", "This call needs the token of this agent."));
  };
}
