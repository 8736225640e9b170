import compress from "@fastify/compress";
import view from "@fastify/view";
import { Eta } from "eta";
import { type FastifyInstance, fastify } from "fastify";
import type { ListedRow } from "../../src/monitor/pos-servers/listed-row-model.ts";

/** The least that the status page can be: Fastify, Eta and the same rows, known beforehand. */
export async function startBarePage(rows: ListedRow[]): Promise<{ app: FastifyInstance; origin: string }> {
  const app = fastify();
  const eta = new Eta({ views: import.meta.dirname, cache: true });
  await app.register(compress, { threshold: 1024, brotliOptions: { params: { 0: 1, 1: 5 } } });
  await app.register(view, { engine: { eta }, templates: import.meta.dirname, production: true });
  app.get("/", (_request, reply) => reply.viewAsync("bare-page.eta", { rows }));
  return { app, origin: await app.listen({ host: "127.0.0.1", port: 0 }) };
}
