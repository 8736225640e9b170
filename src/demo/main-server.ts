import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify from "fastify";
import Type from "typebox";
import type { LoyaltyStore } from "./loyalty-store.ts";

const HOST = "127.0.0.1";
const MAX_PROGRAM_NAME_LENGTH = 100;

export type Disturbance = "silence" | "connection_lost";

export type MainServer = Awaited<ReturnType<typeof startMainServer>>;

/** `GET /exchange/:crmId?revision=&posServer=`, `GET /programs`, `POST /programs/:id` with `{ "name"?, "percent"? }`. */
export async function startMainServer(store: LoyaltyStore, port: number) {
  const disturbances = new Map<string, Disturbance>();
  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();

  server.get(
    "/exchange/:crmId",
    {
      schema: {
        params: Type.Object({ crmId: Type.String() }),
        querystring: Type.Object({ revision: Type.Integer({ minimum: 0 }), posServer: Type.String() }),
      },
    },
    async (request, reply) => {
      const disturbance = disturbances.get(request.query.posServer);
      if (disturbance) reply.hijack();
      if (disturbance === "connection_lost") reply.raw.destroy();
      if (disturbance) return reply;
      const changes = store.changesSince(request.params.crmId, request.query.revision);
      return changes ?? reply.code(404).send({ message: "Unknown organization" });
    },
  );

  server.get("/programs", async () => store.listPrograms());

  server.post(
    "/programs/:id",
    {
      schema: {
        params: Type.Object({ id: Type.Integer() }),
        body: Type.Object(
          {
            name: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_PROGRAM_NAME_LENGTH })),
            percent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
      },
    },
    async (request, reply) => {
      const program = store.editProgram(request.params.id, request.body);
      return program ?? reply.code(404).send({ message: "Unknown program" });
    },
  );

  const url = await server.listen({ host: HOST, port });

  function disturb(slug: string, disturbance: Disturbance | null): void {
    if (disturbance) disturbances.set(slug, disturbance);
    else disturbances.delete(slug);
  }

  return { url, disturb, close: () => server.close() };
}
