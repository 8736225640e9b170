import type { FastifyInstance, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { countGuessed, guessesInWords } from "../fleet/evidence.ts";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { inTurn } from "../plugins/in-turn.ts";
import { createPlaces } from "../workers/places.ts";
import { guessRoutes } from "./guesses/guess-routes.ts";
import { findSetBefore, findSetInForce, listPatternSets, takeBackLogPatterns } from "./sets/pattern-sets.ts";
import { countTaken, readSetsInForce } from "./sets/sets-in-force.ts";
import { SETS_URL, setsModel, withdrawalConfirmation } from "./settings/sets-model.ts";
import { type AskLogs, createLogQuestions } from "./teaching/seen-kinds.ts";
import { teachLogRoutes } from "./teaching/teach-routes.ts";

const LISTED_EARLIER = 200;

const SetsQuery = Type.Object({ notice: Text });

type SetRequest = FastifyRequest<WithId>;

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

/** `/settings/log-patterns`: what was taught about the lines of logs; «Вернуть прежние». */
async function listPatternSetsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: SetRequest) => readId(request.params.id) ?? 0;

  app.get(SETS_URL, access, async (request, reply) => {
    const inForce = await readSetsInForce(db);
    const known = {
      inForce,
      listed: await listPatternSets(db, inForce, LISTED_EARLIER),
      counts: await countTaken(db, inForce),
    };
    const { notice } = readForm(SetsQuery, request.query);
    return await reply.settingsPage("log-patterns/sets", {
      ...setsModel(request.viewer, known, app.clock()),
      isTakenBack: notice === "withdrawn",
      isConfirmed: notice === "confirmed",
      guesses: guessesInWords(request.viewer, await countGuessed(db, "all")),
    });
  });

  app.get(`${SETS_URL}/:id/withdrawal/new`, access, async (request: SetRequest, reply) => {
    const set = found(await findSetInForce(db, idOf(request)));
    const before = await findSetBefore(db, set);
    const model = withdrawalConfirmation(request.viewer, set, before, app.clock());
    return await reply.dialogPage("forms/confirmation", { ...model, section: "settings" });
  });

  app.post(`${SETS_URL}/:id/withdrawal`, access, async (request: SetRequest, reply) => {
    const isTakenBack = await takeBackLogPatterns(db, request.actor(), idOf(request), app.clock());
    return isTakenBack ? reply.leadTo(`${SETS_URL}?notice=withdrawn`) : reply.callNotFound();
  });
}
