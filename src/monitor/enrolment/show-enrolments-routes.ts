import type { FastifyInstance } from "fastify";
import { AGENT_PACKAGE_PATH, type AgentPackage } from "../../protocol/agent-package.ts";
import { buildCommand } from "../agents/build-command.ts";
import { textFields } from "../forms/fields.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { freshnessModel } from "../pos-servers/freshness-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { ENROLMENTS_URL } from "./addresses.ts";
import { listAwaited } from "./decide-enrolment.ts";
import { listEnrolmentCodes } from "./enrolment-codes.ts";
import { enrolmentsModel } from "./enrolments-model.ts";
import { listEnrolled } from "./list-enrolled.ts";

const LISTED = 200;
const NOTICES = ["withdrawn", "refused"];

/** `/enrolments`: who waits, codes by which agents are let in, and who has come by them; it refreshes itself. */
export async function showEnrolmentsRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get(ENROLMENTS_URL, { config: { access: "administrator" } }, async (request, reply) => {
    const { viewer } = request;
    const now = app.clock();
    const known = {
      awaited: await listAwaited(db, LISTED),
      codes: await listEnrolmentCodes(db, LISTED),
      enrolled: await listEnrolled(db, LISTED),
    };
    const shown = enrolmentsModel(viewer, known, now);
    const tag = tagOf(viewer, shown);
    if (request.isPartial) {
      return reply.polledPart(tag, () => app.renderFragment("enrolment/_refreshed", viewer, shown));
    }
    const { notice } = textFields(request.query, ["notice"]);
    return await reply.page("enrolment/list", {
      ...shown,
      package: packageModel(viewer, await app.agentPackages.find(), app.agentPackages.folder),
      notice: NOTICES.includes(notice) ? notice : null,
      freshness: freshnessModel(viewer, { url: ENROLMENTS_URL, tag, now }),
    });
  });
}

/** What is said of the package of the agent for Windows: where it is, or how it gets into its folder. */
function packageModel({ t, format }: Viewer, found: AgentPackage | "absent" | "damaged", folder: string) {
  if (typeof found === "string") {
    return {
      url: null,
      missing: t(`enrolment.package.${found}`, { folder }),
      command: buildCommand(folder),
    };
  }
  const { version, size, sha256 } = found;
  return {
    url: AGENT_PACKAGE_PATH,
    facts: t("enrolment.package.facts", { version, size: format.bytes(size) }),
    sha256,
  };
}
