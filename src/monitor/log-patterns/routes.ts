import type { FastifyInstance } from "fastify";
import { inTurn } from "../plugins/in-turn.ts";
import { createPlaces } from "../workers/places.ts";
import { guessRoutes } from "./guesses/guess-routes.ts";
import { listPatternSetsRoutes } from "./settings/list-sets-routes.ts";
import { type AskLogs, createLogQuestions } from "./teaching/seen-kinds.ts";
import { teachLogRoutes } from "./teaching/teach-routes.ts";

/** Each makes an agent read a day of its log, or a worker compile patterns. */
const QUESTIONS = { atOnce: 8, maxWaitingEach: 3, maxWaiting: 50 };

/** Patterns that administrators teach agents, to read unknown logs. */
export async function logPatternRoutes(app: FastifyInstance): Promise<void> {
  const { posClient: client, secretBox, clock } = app;
  const places = createPlaces(QUESTIONS);
  const asking: AskLogs = {
    questions: createLogQuestions({ db: app.database.db, secretBox, client, clock }),
    inPlace: (reply, work) => inTurn(reply.request, reply, { places, busyWith: "logQuestions" }, work),
  };
  await teachLogRoutes(app, asking);
  await guessRoutes(app, asking);
  await listPatternSetsRoutes(app);
}
