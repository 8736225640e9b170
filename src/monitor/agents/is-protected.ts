import type { FastifyRequest } from "fastify";

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** Whether nobody on the way can read a request: it came over TLS, to a trusted proxy too, or never left this machine. */
export function isProtected(request: FastifyRequest): boolean {
  if (request.protocol === "https") return true;
  // A proxy that tells of another scheme is on this machine, but its caller may not be.
  return LOOPBACK.test(request.socket.remoteAddress ?? "") && LOOPBACK.test(request.ip);
}
