import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { apiError } from "./api-error-body.ts";

/** Makes the hook that refuses every call without `Authorization: Bearer <token>`. */
export function requireToken(token: string) {
  const expected = sha256(token);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    // Hashes have one length, so that the comparison tells nothing about the token, not even its length.
    if (given !== undefined && timingSafeEqual(sha256(given), expected)) return undefined;
    request.log.warn({ ip: request.ip, method: request.method }, "call without the right token refused");
    return reply
      .code(401)
      .header("www-authenticate", "Bearer")
      .send(apiError("unauthorized", "This call needs the token of this agent."));
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
