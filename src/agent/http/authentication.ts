import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ConnectionGuard } from "../../protocol/connection-limits.ts";
import { createRefusalLog } from "../../protocol/refusal-log.ts";
import { apiError } from "./api-error-body.ts";

/** Makes the hook that refuses every call without `Authorization: Bearer <token>`, and closes its connection. */
export function requireToken(token: string, connections: ConnectionGuard) {
  const expected = sha256(token);
  const refusals = createRefusalLog();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    // Hashes have one length, so that the comparison tells nothing about the token, not even its length.
    if (given !== undefined && timingSafeEqual(sha256(given), expected)) {
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

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
