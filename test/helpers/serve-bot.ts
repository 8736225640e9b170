import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import type { Owner } from "./owner.ts";

export type BotBehaviour = (reply: FastifyReply) => void;

/** What a messenger refuses, in its own words. */
export type Refusal = Error & { statusCode?: number; code?: string; parameters?: object };

interface Messenger<Call> {
  read(request: FastifyRequest): Call;
  answer(call: Call, signal: AbortSignal): unknown;
  sayRefused(refusal: Refusal, status: number): object;
}

/** Serves a simulated messenger until the test ends, keeps what it was asked, and misbehaves when told. */
export async function serveBot<Call extends { method: string }>(
  t: Owner,
  port: number,
  { read, answer, sayRefused }: Messenger<Call>,
) {
  const calls: Call[] = [];
  const nextFailures: { behaviour: BotBehaviour; method: string | undefined }[] = [];
  let alwaysFailing: BotBehaviour | null = null;

  function nextBehaviour({ method }: Call): BotBehaviour | null {
    const index = nextFailures.findIndex((failure) => (failure.method ?? method) === method);
    const [failure] = index < 0 ? [] : nextFailures.splice(index, 1);
    return failure?.behaviour ?? alwaysFailing;
  }

  const server = Fastify({ forceCloseConnections: true });
  server.setErrorHandler<Refusal>((error, _request, reply) => {
    const { statusCode = 400 } = error;
    return reply.code(statusCode).send(sayRefused(error, statusCode));
  });
  server.all("/*", async (request, reply) => {
    const call = read(request);
    calls.push(call);
    const behaviour = nextBehaviour(call);
    behaviour?.(reply);
    if (behaviour) return reply.hijack();
    const leaving = new AbortController();
    reply.raw.on("close", () => leaving.abort());
    return await answer(call, leaving.signal);
  });
  const url = await server.listen({ host: "127.0.0.1", port });
  const close = async () => await server.close();
  t.teardown(close);
  return {
    url,
    port: Number(new URL(url).port),
    close,
    calls,
    failNext: (behaviour: BotBehaviour, method?: string) => void nextFailures.push({ behaviour, method }),
    failAll(behaviour: BotBehaviour | null) {
      alwaysFailing = behaviour;
    },
  };
}

export const hang: BotBehaviour = () => undefined;

export const closeConnection: BotBehaviour = (reply) => void reply.raw.destroy();

/** Answers with a text under a status. */
export function answerWith(status: number, body: string, headers: Record<string, string> = {}): BotBehaviour {
  return (reply) => void reply.raw.writeHead(status, headers).end(body);
}
