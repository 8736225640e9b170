import compress from "@fastify/compress";
import view from "@fastify/view";
import type { Database } from "better-sqlite3";
import { Eta } from "eta";
import { fastify } from "fastify";
import type { ListedRow } from "../../src/monitor/pos-servers/listed-row-model.ts";
import { hashSecretToken } from "../../src/monitor/secrets/secret-box.ts";

/**
 * The least that the status page can be: Fastify, Eta and the same rows, known beforehand; at `/unchanged` a session is
 * found in SQLite and answered with 304. @returns its origin.
 */
export async function startBarePage(rows: ListedRow[], sqlite: Database): Promise<string> {
  const app = fastify();
  const eta = new Eta({ views: import.meta.dirname, cache: true });
  await app.register(compress, { threshold: 1024, brotliOptions: { params: { 0: 1, 1: 5 } } });
  await app.register(view, { engine: { eta }, templates: import.meta.dirname, production: true });
  app.get("/", (_request, reply) => reply.viewAsync("bare-page.eta", { rows }));
  const findSession = sqlite.prepare("select user_id from session where token_hash = ? and seen_at > 0");
  app.get("/unchanged", (request, reply) => {
    const token = request.headers.cookie?.replace("session=", "") ?? "";
    return reply.code(findSession.get(hashSecretToken(token)) ? 304 : 401).send();
  });
  return await app.listen({ host: "127.0.0.1", port: 0 });
}
