import type { FastifyInstance } from "fastify";
import { buildCommand } from "../../agents/build-command.ts";
import { textFields } from "../../forms/fields.ts";
import { tagOf } from "../../plugins/hypermedia.ts";
import { freshnessModel } from "../../pos-servers/freshness-model.ts";
import { countLeft } from "../rollouts/candidates.ts";
import type { OfferedUpdate } from "../rollouts/offered-update.ts";
import { findRollout } from "../rollouts/rollout.ts";
import { countWaves } from "../rollouts/wave-members.ts";
import { AGENTS_URL, UNKNOWN_VERSION } from "./addresses.ts";
import { agentsModel, ofVersionModel } from "./agents-model.ts";
import { countUpdatable, countVersions } from "./count-agents.ts";
import { listOfVersion, listUnfinished } from "./list-agents.ts";
import type { KnownRollout } from "./rollout-model.ts";

const LISTED = 200;

/** `/agents`: versions of the agents, and how far an update is; it refreshes itself. */
export async function showAgentsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get(AGENTS_URL, { config: { access: "administrator" } }, async (request, reply) => {
    const { viewer } = request;
    const now = app.clock();
    const { version: chosen } = textFields(request.query, ["version"]);
    const offered = await app.offeredUpdates.find();
    const versions = await countVersions(db);
    const known = {
      ...{ versions, offered, chosen },
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
      buildCommand: buildCommand(app.offeredUpdates.folder),
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
    });

    async function ofVersion(wanted: string | null) {
      const total = versions.find((one) => one.version === wanted)?.posServers ?? 0;
      return ofVersionModel(viewer, wanted, { posServers: await listOfVersion(db, wanted, LISTED), total });
    }
  });

  async function findKnownRollout(
    offered: OfferedUpdate | "absent" | "damaged",
  ): Promise<KnownRollout | null> {
    const rollout = await findRollout(db);
    if (!rollout) return null;
    return {
      ...{ rollout, offered },
      waves: await countWaves(db, rollout.id),
      unfinished: await listUnfinished(db, rollout.id, LISTED),
      left: await countLeft(db, rollout),
    };
  }
}
