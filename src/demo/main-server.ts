import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify from "fastify";
import Type from "typebox";
import type { LoyaltyStore } from "./loyalty.ts";

const HOST = "127.0.0.1";

export type Disturbance = "silence" | "connection_lost";

export type MainServer = Awaited<ReturnType<typeof startMainServer>>;

const Asked = {
  params: Type.Object({ crmId: Type.String() }),
  querystring: Type.Object({ revision: Type.Integer({ minimum: 0 }), posServer: Type.String() }),
};
const Edit = {
  params: Type.Object({ id: Type.Integer() }),
  body: Type.Partial(
    Type.Object({
      name: Type.String({ minLength: 1 }),
      percent: Type.Integer({ minimum: 0, maximum: 100 }),
    }),
  ),
};

/** `GET /exchange/:crmId?revision=&posServer=`, `GET /programs`, `POST /programs/:id` with `{ "name"?, "percent"? }`. */
export async function startMainServer(store: LoyaltyStore, port: number) {
  const disturbances = new Map<string, Disturbance>();
  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();

  server.get("/exchange/:crmId", { schema: Asked }, async ({ params, query }, reply) => {
    const disturbance = disturbances.get(query.posServer);
    if (disturbance) reply.hijack();
    if (disturbance === "connection_lost") reply.raw.destroy();
    if (disturbance) return reply;
    const changes = store.changesSince(params.crmId, query.revision);
    return changes ?? reply.code(404).send({ message: "Unknown organization" });
  });

  server.get("/programs", async () => store.listPrograms());

  server.post("/programs/:id", { schema: Edit }, async ({ params, body }, reply) => {
    const program = store.editProgram(params.id, body);
    return program ?? reply.code(404).send({ message: "Unknown program" });
  });

  const url = await server.listen({ host: HOST, port });

  function disturb(slug: string, disturbance: Disturbance | null): void {
    if (disturbance) disturbances.set(slug, disturbance);
    else disturbances.delete(slug);
  }

  return { url, disturb, close: () => server.close() };
}
