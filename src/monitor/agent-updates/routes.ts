import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type StaticDecode, Type } from "typebox";
import { buildCommand } from "../agents/agent-packages.ts";
import { readForm, Text } from "../forms/fields.ts";
import { readId, type WithId } from "../forms/id.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { freshnessModel } from "../pos-servers/freshness-model.ts";
import { AGENTS_URL, NEW_ROLLOUT_URL, UNKNOWN_VERSION } from "./page/addresses.ts";
import { agentsModel, ofVersionModel } from "./page/agents-model.ts";
import { countUpdatable, countVersions } from "./page/count-agents.ts";
import { listOfVersion, listPossibleFirst, listUnfinished } from "./page/list-agents.ts";
import { type KnownRollout, newRolloutModel, type StartProblem } from "./page/rollout-model.ts";
import { countLeft } from "./rollouts/candidates.ts";
import { continueRollout, startRollout, stopRollout } from "./rollouts/decide-rollout.ts";
import type { OfferedUpdate } from "./rollouts/offered-update.ts";
import { findRollout } from "./rollouts/rollout.ts";
import { countWaves } from "./rollouts/waves.ts";

const LISTED = 200;

const AgentsQuery = Type.Object({ version: Text });
const RolloutForm = Type.Object({ first: Text, version: Text });

type RolloutRequest = FastifyRequest<WithId>;

/** `/agents`: versions of agents, and the progress of an update. `/agents/rollouts`: starting, stopping, continuing one. */
export async function agentUpdateRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const idOf = (request: RolloutRequest) => readId(request.params.id) ?? 0;

  app.get(AGENTS_URL, access, async (request, reply) => {
    const { viewer } = request;
    const now = app.clock();
    const { version: chosen } = readForm(AgentsQuery, request.query);
    const offered = await app.offeredUpdates.find();
    const versions = await countVersions(db);
    const known = {
      versions,
      offered,
      chosen,
      folder: app.offeredUpdates.folder,
      updatable: typeof offered === "string" ? null : await countUpdatable(db, offered),
      rollout: await findKnownRollout(offered),
    };
    const shown = agentsModel(viewer, known, now);
    const tag = tagOf(viewer, shown);
    if (request.isPartial)
      return reply.polledPart(tag, () =>
        app.renderFragment("agent-updates/_refreshed", viewer, { ...shown, csrfToken: reply.csrfToken() }),
      );
    return await reply.page("agent-updates/page", {
      ...shown,
      ofVersion: chosen === "" ? null : await ofVersion(chosen === UNKNOWN_VERSION ? null : chosen),
      folder: app.offeredUpdates.folder,
      buildCommand: buildCommand(app.offeredUpdates.folder),
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
    });

    async function ofVersion(wanted: string | null) {
      const total = versions.find((one) => one.version === wanted)?.posServers ?? 0;
      return ofVersionModel(viewer, wanted, { posServers: await listOfVersion(db, wanted, LISTED), total });
    }
  });

  app.get(NEW_ROLLOUT_URL, access, async (_request, reply) => {
    const offered = await app.offeredUpdates.find();
    if (typeof offered === "string") return reply.leadTo(AGENTS_URL);
    return await showForm(reply, offered, { first: "", problem: null });
  });

  app.post(`${AGENTS_URL}/rollouts`, access, async (request, reply) => {
    const form = readForm(RolloutForm, request.body);
    const offered = await app.offeredUpdates.find();
    if (typeof offered === "string") return reply.leadTo(AGENTS_URL);
    const problem = await start(request, offered, form);
    if (problem !== null) return await showForm(reply.code(422), offered, { first: form.first, problem });
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

  async function findKnownRollout(
    offered: OfferedUpdate | "absent" | "damaged",
  ): Promise<KnownRollout | null> {
    const rollout = await findRollout(db);
    if (!rollout) return null;
    return {
      rollout,
      offered,
      waves: await countWaves(db, rollout.id),
      unfinished: await listUnfinished(db, rollout.id, LISTED),
      left: await countLeft(db, rollout),
    };
  }

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
