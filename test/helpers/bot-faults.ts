import type { FastifyReply } from "fastify";

export type BotBehaviour = (reply: FastifyReply) => void;

/** What a simulated messenger was asked, and when it misbehaves. */
export interface BotFaults<Call extends { method: string }> {
  calls: Call[];
  failNext(behaviour: BotBehaviour, method?: string): void;
  failAll(behaviour: BotBehaviour | null): void;
  /** What the simulator is given. */
  intercept(call: Call, reply: FastifyReply): boolean;
}

export function createBotFaults<Call extends { method: string }>(): BotFaults<Call> {
  const calls: Call[] = [];
  const nextFailures: { behaviour: BotBehaviour; method: string | undefined }[] = [];
  let alwaysFailing: BotBehaviour | null = null;

  return {
    calls,
    failNext: (behaviour, method) => void nextFailures.push({ behaviour, method }),
    failAll(behaviour) {
      alwaysFailing = behaviour;
    },
    intercept(call, reply) {
      calls.push(call);
      const index = nextFailures.findIndex(({ method = call.method }) => method === call.method);
      const [failure] = index < 0 ? [] : nextFailures.splice(index, 1);
      const behaviour = failure?.behaviour ?? alwaysFailing;
      behaviour?.(reply);
      return behaviour !== null;
    },
  };
}

/** Never answers. */
export const hang: BotBehaviour = () => undefined;

export const closeConnection: BotBehaviour = (reply) => void reply.raw.destroy();

/** Answers with a text under a status. */
export function answerWith(status: number, body: string, headers: Record<string, string> = {}): BotBehaviour {
  return (reply) => void reply.raw.writeHead(status, headers).end(body);
}
