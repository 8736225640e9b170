import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import formbody from "@fastify/formbody";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { Eta } from "eta";
import type { FastifyReply, FastifyRequest } from "fastify";
import Fastify from "fastify";
import { type ArrivalsOptions, arrivalsRoutes } from "./routes.ts";

const HOST = "127.0.0.1";
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};
const FOLDER = import.meta.dirname;
const STYLESHEETS = [
  join(FOLDER, "../../../public/css/tokens.css"),
  ...["page.css", "telegram.css", "mails.css"].map((name) => join(FOLDER, name)),
];
const HTMX = join(dirname(createRequire(import.meta.url).resolve("htmx.org")), "htmx.min.js");
const HTTP_FORBIDDEN = 403;
const HTTP_MISDIRECTED = 421;
const OWN_HOSTS = ["127.0.0.1", "localhost"];

export interface ArrivalsServer {
  /** `http://127.0.0.1:port` */
  url: string;
  close(): Promise<void>;
}

/** Starts a page on 127.0.0.1 that shows what arrived by Telegram and by mail, and acts as people who use Telegram do. */
export async function startArrivals({
  clock = Date.now,
  ...content
}: Omit<ArrivalsOptions, "render" | "clock"> & { clock?: () => number }): Promise<ArrivalsServer> {
  const eta = new Eta({ views: FOLDER, cache: true, autoTrim: [false, "nl"] });
  const styles = STYLESHEETS.map((file) => readFileSync(file, "utf8")).join("\n");
  const htmx = readFileSync(HTMX, "utf8");

  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();
  server.addHook("onRequest", requireOwnOrigin);
  server.addHook("onRequest", async (_request, reply) => void reply.headers(HEADERS));
  await server.register(formbody);
  await server.register(arrivalsRoutes, { ...content, clock, render: (page) => eta.render("/page", page) });
  server.get("/arrivals.css", async (_request, reply) => reply.type("text/css; charset=utf-8").send(styles));
  server.get("/htmx.min.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(htmx),
  );
  const url = await server.listen({ host: HOST, port: 0 });
  return { url, close: () => server.close() };
}

/** Answers nobody whom another name, or a page of another origin, has led here: a hook of `onRequest`. */
async function requireOwnOrigin(
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
