import type { FastifyInstance, FastifyReply } from "fastify";
import type { LogPatternTrial, TaughtPatterns } from "../../../protocol/log-patterns.ts";
import type { ShownPosServer } from "../../fleet/find-pos-server.ts";
import { readPosServerToCall } from "../../fleet/pos-server-to-call.ts";
import { inTurn } from "../../plugins/in-turn.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import { createPlaces, type PlaceLimits } from "../../workers/places.ts";
import { type Asked, createLogQuestions, type SeenKinds } from "./seen-kinds.ts";

/** Each makes an agent read a day of its log. */
const QUESTIONS: PlaceLimits = { atOnce: 8, maxWaitingEach: 3, maxWaiting: 50 };

/** Asks the agent of a POS server for whoever waits for the page, in their turn; `left` = nobody waits any more. */
export interface AgentQuestions {
  /** The kinds of lines of its log, as they were lately unless `isFresh`. */
  askForKinds(
    reply: FastifyReply,
    posServer: ShownPosServer,
    isFresh?: boolean,
  ): Promise<Asked<SeenKinds> | "left">;
  tryOut(
    reply: FastifyReply,
    posServer: ShownPosServer,
    patterns: TaughtPatterns,
  ): Promise<Asked<LogPatternTrial> | "left">;
}

export function createAgentQuestions(app: FastifyInstance): AgentQuestions {
  const questions = createLogQuestions(app.posClient, app.clock);
  const places = createPlaces(QUESTIONS);

  return {
    askForKinds: (reply, shown, isFresh = false) =>
      ask(reply, shown, (posServer, signal) =>
        questions.kinds(posServer, shown.clockShiftMs ?? 0, isFresh, signal),
      ),
    tryOut: (reply, shown, patterns) =>
      ask(reply, shown, (posServer, signal) => questions.tryPatterns(posServer, patterns, signal)),
  };

  async function ask<T>(
    reply: FastifyReply,
    { id }: ShownPosServer,
    question: (posServer: PosServer, signal: AbortSignal) => Promise<Asked<T>>,
  ): Promise<Asked<T> | "left"> {
    const called = await readPosServerToCall(app.database.db, app.secretBox, id);
    if (called.isParked) return { ok: false, failure: { code: "parked", detail: "" } };
    if (!called.ok) return called;
    return await inTurn(reply.request, reply, { places, busyWith: "logQuestions" }, (signal) =>
      question(called.posServer, signal),
    );
  }
}
