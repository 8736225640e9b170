import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify from "fastify";
import Type from "typebox";
import { errorText } from "../protocol/error-text.ts";
import type { PosService } from "./pos-service.ts";

const HOST = "127.0.0.1";
const HTTP_ACCEPTED = 202;
const HTTP_CONFLICT = 409;
const HTTP_NOT_FOUND = 404;

export interface ControlServer {
  /** `http://127.0.0.1:port` */
  url: string;
  close(): Promise<void>;
}

/**
 * Plays the service manager of Windows: `GET /services/:slug`, `POST /services/:slug/start|stop` answer with the
 * service's status at once; starting and stopping go on meanwhile.
 */
export async function startControlServer(services: ReadonlyMap<string, PosService>): Promise<ControlServer> {
  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();

  server.get(
    "/services/:slug",
    { schema: { params: Type.Object({ slug: Type.String() }) } },
    async (request, reply) => {
      const service = services.get(request.params.slug);
      return service?.status() ?? reply.code(HTTP_NOT_FOUND).send({ message: "No such service" });
    },
  );

  server.post(
    "/services/:slug/:verb",
    { schema: { params: Type.Object({ slug: Type.String(), verb: Type.Enum(["start", "stop"]) }) } },
    async (request, reply) => {
      const service = services.get(request.params.slug);
      if (!service) return reply.code(HTTP_NOT_FOUND).send({ message: "No such service" });
      const refusal = await begin(request.params.verb, service);
      if (refusal) return reply.code(HTTP_CONFLICT).send({ message: refusal });
      return reply.code(HTTP_ACCEPTED).send(service.status());
    },
  );

  const url = await server.listen({ host: HOST, port: 0 });
  return { url, close: () => server.close() };
}

/** Begins to start or stop the service. @returns why it refuses at once, or null. */
async function begin(verb: "start" | "stop", service: PosService): Promise<string | null> {
  const refusal = new Promise<string>((resolve) => {
    service[verb]().catch((error: unknown) => resolve(errorText(error)));
  });
  return Promise.race([refusal, new Promise<null>((resolve) => setImmediate(resolve, null))]);
}
