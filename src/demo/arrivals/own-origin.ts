import type { FastifyReply, FastifyRequest } from "fastify";

const HTTP_FORBIDDEN = 403;
const HTTP_MISDIRECTED = 421;
const OWN_HOSTS = ["127.0.0.1", "localhost"];

/** Answers nobody whom another name, or a page of another origin, has led here: a hook of `onRequest`. */
export async function requireOwnOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (!OWN_HOSTS.includes(request.hostname)) return reply.code(HTTP_MISDIRECTED).send("Not this host");
  if (request.method === "GET" || isFromOwnPage(request)) return undefined;
  return reply.code(HTTP_FORBIDDEN).send("Not from this page");
}

/** A browser says at least one of both; who says neither is none. */
function isFromOwnPage({ headers, host }: FastifyRequest): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined ? site !== undefined : origin === `http://${host}`;
}
