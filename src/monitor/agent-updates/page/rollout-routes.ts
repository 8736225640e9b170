import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { textFields } from "../../forms/fields.ts";
import { readId, type WithId } from "../../forms/id.ts";
import { continueRollout, startRollout, stopRollout } from "../rollouts/decide-rollout.ts";
import type { OfferedUpdate } from "../rollouts/offered-update.ts";
import { AGENTS_URL, NEW_ROLLOUT_URL } from "./addresses.ts";
import { countUpdatable } from "./count-agents.ts";
import { listPossibleFirst } from "./list-agents.ts";
import { newRolloutModel, type StartProblem } from "./rollout-model.ts";

const CHOICES = 200;

type RolloutRequest = FastifyRequest<WithId>;

/** `/agents/rollouts`: an update of agents is begun, stopped, and gone on with; without one the page of agents says how to get it. */
export async function rolloutRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: RolloutRequest) => readId(request.params.id) ?? 0;

  app.get(NEW_ROLLOUT_URL, access, async (_request, reply) => {
    const offered = await app.offeredUpdates.find();
    if (typeof offered === "string") return reply.leadTo(AGENTS_URL);
    return await showForm(reply, offered, { first: "", problem: null });
  });

  app.post(`${AGENTS_URL}/rollouts`, access, async (request, reply) => {
    const { first, version } = textFields(request.body, ["first", "version"]);
    const offered = await app.offeredUpdates.find();
    if (typeof offered === "string") return reply.leadTo(AGENTS_URL);
    const problem = await start(request, offered, { first, version });
    if (problem !== null) return await showForm(reply.code(422), offered, { first, problem });
    return reply.leadTo(AGENTS_URL);
  });

  app.post(`${AGENTS_URL}/rollouts/:id/stops`, access, async (request: RolloutRequest, reply) => {
    await stopRollout(db, request.actor(), idOf(request), app.clock());
    return reply.leadTo(AGENTS_URL);
  });

  app.post(`${AGENTS_URL}/rollouts/:id/continuations`, access, async (request: RolloutRequest, reply) => {
    await continueRollout(db, request.actor(), idOf(request), app.clock());
    return reply.leadTo(AGENTS_URL);
  });

  async function start(
    request: FastifyRequest,
    offered: OfferedUpdate,
    { first, version }: { first: string; version: string },
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
      possibleFirst: await listPossibleFirst(db, offered, CHOICES),
    };
    return await reply.dialogPage("agent-updates/new", newRolloutModel(reply.request.viewer, known, form));
  }
}
