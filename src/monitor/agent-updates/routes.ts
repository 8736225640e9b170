import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type StaticDecode, Type } from "typebox";
import { readForm, readId, Text, type WithId } from "../forms/fields.ts";
import {
  AGENTS_URL,
  ENROLMENTS_URL,
  NEW_ROLLOUT_URL,
  newRolloutModel,
  type StartProblem,
} from "./agents-model.ts";
import { continueRollout, startRollout, stopRollout } from "./decide-rollout.ts";
import { countUpdatable, LISTED, listPossibleFirst } from "./find-agents.ts";
import type { OfferedUpdate } from "./offered-update.ts";

const RolloutForm = Type.Object({ first: Text, version: Text });

type RolloutRequest = FastifyRequest<WithId>;

/** `/agents/rollouts`: starting, stopping, continuing an update of agents; the page «Агенты» shows it. */
export async function agentUpdateRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: RolloutRequest) => readId(request.params.id) ?? 0;

  app.get(AGENTS_URL, access, async ({ url }, reply) =>
    reply.redirect(url.replace(AGENTS_URL, ENROLMENTS_URL), 303),
  );

  app.get(NEW_ROLLOUT_URL, access, async (_request, reply) => {
    const offered = await app.offeredUpdates.find();
    if (typeof offered === "string") return reply.leadTo(ENROLMENTS_URL);
    return await showForm(reply, offered, { first: "", problem: null });
  });

  app.post(`${AGENTS_URL}/rollouts`, access, async (request, reply) => {
    const form = readForm(RolloutForm, request.body);
    const offered = await app.offeredUpdates.find();
    if (typeof offered === "string") return reply.leadTo(ENROLMENTS_URL);
    const problem = await start(request, offered, form);
    if (problem !== null) return await showForm(reply.code(422), offered, { first: form.first, problem });
    return reply.leadTo(ENROLMENTS_URL);
  });

  app.post(`${AGENTS_URL}/rollouts/:id/stops`, access, async (request: RolloutRequest, reply) => {
    await stopRollout(db, request.actor(), idOf(request), app.clock());
    return reply.leadTo(ENROLMENTS_URL);
  });

  app.post(`${AGENTS_URL}/rollouts/:id/continuations`, access, async (request: RolloutRequest, reply) => {
    await continueRollout(db, request.actor(), idOf(request), app.clock());
    return reply.leadTo(ENROLMENTS_URL);
  });

  async function start(
    request: FastifyRequest,
    offered: OfferedUpdate,
    { first, version }: StaticDecode<typeof RolloutForm>,
  ): Promise<StartProblem | null> {
    if (version !== offered.version) return "other_version";
    const firstId = first === "" ? null : readId(first);
    if (first !== "" && firstId === null) return "not_candidate";
    return await startRollout(db, request.actor(), offered, firstId, app.clock());
  }

  async function showForm(
    reply: FastifyReply,
    offered: OfferedUpdate,
    form: { first: string; problem: StartProblem | null },
  ) {
    const known = {
      offered,
      updatable: await countUpdatable(db, offered),
      possibleFirst: await listPossibleFirst(db, offered, LISTED),
    };
    return await reply.dialogPage("agent-updates/new", newRolloutModel(reply.request.viewer, known, form));
  }
}
