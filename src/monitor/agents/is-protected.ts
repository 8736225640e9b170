import type { FastifyRequest } from "fastify";

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** Whether nobody can read a request on its way: over TLS, maybe to a trusted proxy, or from this machine. */
export function isProtected(request: FastifyRequest): boolean {
  if (request.protocol === "https") return true;
  // A proxy on this machine may pass on a request from elsewhere.
  return LOOPBACK.test(request.socket.remoteAddress ?? "") && LOOPBACK.test(request.ip);
}
