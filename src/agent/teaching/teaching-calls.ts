import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { errorText } from "../../protocol/error-text.ts";
import { LogKindsPeriod, TaughtConfiguration, TaughtPatterns } from "../../protocol/log-patterns.ts";
import type { AgentConfig } from "../config/config.ts";
import { apiError } from "../http/api-error-body.ts";
import type { AgentServer } from "../http/server.ts";
import { compileTaught, TaughtPatternError } from "../sync-log/taught-rules.ts";
import { readLogKinds } from "./log-kinds.ts";
import { tryPatterns } from "./pattern-trial.ts";
import type { TaughtPatternsStore } from "./taught-patterns.ts";

const MAX_PATTERNS_BYTES = 512 * 1024;
const RETRY_AFTER_SECONDS = 5;

export interface TeachingCallsOptions {
  config: Pick<AgentConfig, "logs" | "utcOffsetMinutes">;
  taught: TaughtPatternsStore;
}

/** The calls `GET /log-kinds`, `POST /log-pattern-trials` and `PUT /configuration`. */
export async function teachingCalls(
  server: AgentServer,
  { config: { logs, utcOffsetMinutes }, taught }: TeachingCallsOptions,
): Promise<void> {
  const api = server.withTypeProvider<TypeBoxTypeProvider>().setValidatorCompiler(TypeBoxValidatorCompiler);
  let isReading = false;
  api.setErrorHandler((error, request, reply) => {
    if (error instanceof TaughtPatternError)
      return reply.code(400).send(apiError("invalid_pattern", error.message));
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    request.log.error({ err: error }, "the log folder cannot be read");
    return reply.code(500).send(apiError("logs_unreadable", errorText(error)));
  });

  /** Looking through a day of logs takes seconds: one at a time, so that nobody makes the agent busy for long. */
  async function alone<Result>(reply: FastifyReply, read: () => Promise<Result>) {
    if (isReading) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      return reply.code(503).send(apiError("busy", "The logs are being looked through already."));
    }
    isReading = true;
    try {
      return reply.header("cache-control", "no-store").send(await read());
    } finally {
      isReading = false;
    }
  }

  api.get("/log-kinds", { schema: { querystring: LogKindsPeriod } }, async (request, reply) => {
    const [from, to] = [request.query.from, request.query.to].map((time) => Date.parse(time));
    if (from === undefined || to === undefined || from > to)
      return reply.code(400).send(apiError("invalid_period", "from is later than to."));
    return await alone(reply, () => readLogKinds(logs, utcOffsetMinutes, { from, to }));
  });

  api.post(
    "/log-pattern-trials",
    { schema: { body: TaughtPatterns }, bodyLimit: MAX_PATTERNS_BYTES },
    async (request, reply) => {
      const rules = compileTaught(request.body);
      return await alone(reply, () => tryPatterns(logs, utcOffsetMinutes, rules));
    },
  );

  api.put(
    "/configuration",
    { schema: { body: TaughtConfiguration }, bodyLimit: MAX_PATTERNS_BYTES },
    async (request, reply) => {
      await taught.take(request.body.logs);
      const configurationId = taught.configurationId();
      request.log.info({ configurationId }, "taught how to read the log");
      return reply.header("cache-control", "no-store").send({ configurationId });
    },
  );
}
