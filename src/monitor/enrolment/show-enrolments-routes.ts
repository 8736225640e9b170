import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { AGENT_PACKAGE_PATH, type AgentPackage } from "../../protocol/agent-update.ts";
import { findAgents } from "../agent-updates/find-agents.ts";
import { readForm, Text } from "../forms/fields.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { freshnessModel } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { codeUrl, confirmationUrl, ENROLMENTS_URL, posServerUrl } from "./addresses.ts";
import { codeState, forWhom } from "./code-model.ts";
import { type AwaitedEnrolment, type EnrolledAgent, listAwaited, listEnrolled } from "./decide-enrolment.ts";
import { type ListedEnrolmentCode, listEnrolmentCodes } from "./enrolment-codes.ts";

const NOTHING = "—";
const LISTED = 200;
const ListQuery = Type.Object({ notice: Text, version: Text });
const NOTICES = ["withdrawn", "refused"];

/** `/enrolments`, «Агенты»: those that wait, codes, versions and updates, those that were let in; it refreshes itself. */
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
    const { notice, version } = readForm(ListQuery, request.query);
    const agents = await findAgents(app, viewer, version, now);
    const shown = { ...enrolmentsModel(viewer, known, now), ...agents.shown };
    const tag = tagOf(viewer, shown);
    if (request.isPartial) {
      return reply.polledPart(tag, () =>
        app.renderFragment("enrolment/_refreshed", viewer, { ...shown, csrfToken: reply.csrfToken() }),
      );
    }
    return await reply.settingsPage("enrolment/list", {
      ...shown,
      ...agents.beside,
      package: packageModel(viewer, await app.agentPackages.find(), app.agentPackages.folder),
      notice: NOTICES.includes(notice) ? notice : null,
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
    });
  });
}

function packageModel({ t, format }: Viewer, found: AgentPackage | "absent" | "damaged", folder: string) {
  if (typeof found === "string") return { url: null, missing: t(`enrolment.package.${found}`, { folder }) };
  const { version, size, sha256 } = found;
  const facts = t("enrolment.package.facts", { version, size: format.bytes(size) });
  return { url: AGENT_PACKAGE_PATH, facts, sha256 };
}

interface KnownEnrolments {
  awaited: readonly AwaitedEnrolment[];
  codes: readonly ListedEnrolmentCode[];
  enrolled: readonly EnrolledAgent[];
}

function enrolmentsModel({ t, format }: Viewer, known: KnownEnrolments, now: number) {
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    awaited: known.awaited.map(({ id, host, address, crmId, version, askedAt, ...code }) => ({
      host,
      facts: [
        crmId === null ? t("enrolment.crmIdUnknown") : t("posServers.crmId", { crmId }),
        ...(version === null ? [] : [t("enrolment.version", { version })]),
        t("enrolment.from", { address }),
        ...(code.calledAt === null ? [] : [t("enrolment.wouldChange")]),
      ],
      code: code.codeId && {
        url: codeUrl(code.codeId),
        text: t("enrolment.codeOf", { name: code.codeMadeBy, time: format.time(code.codeMadeAt ?? 0, now) }),
      },
      askedAt: time(askedAt),
      confirmUrl: confirmationUrl(id),
      confirmLabel: t("enrolment.confirmNamed", { host }),
      refuseUrl: `${ENROLMENTS_URL}/agents/${id}/refusal/new`,
      refuseLabel: t("enrolment.refuseNamed", { host }),
    })),
    codes: known.codes.map((code) => {
      const state = codeState(code, now);
      const { posServerId, uses, maxUses } = code;
      return {
        forWhom: forWhom(t, code),
        posServerUrl: posServerId === null ? null : posServerUrl({ ...code, posServerId }),
        uses: t("enrolment.uses", { uses, count: maxUses }),
        state: t(`enrolment.state.${state}`, { time: format.time(code.takenBackAt ?? code.endsAt, now) }),
        made: { url: codeUrl(code.id), at: time(code.createdAt), by: code.madeBy },
        takeBackUrl: state === "open" ? `${codeUrl(code.id)}/withdrawal/new` : null,
      };
    }),
    enrolled: known.enrolled.map((agent) => ({
      host: agent.host,
      posServer:
        agent.posServerId === null
          ? null
          : {
              url: posServerUrl({ ...agent, posServerId: agent.posServerId }),
              name: agent.name ?? agent.host,
            },
      /** When it is not in the registry. */
      outcome: t(agent.state === "refused" ? "enrolment.refused" : "enrolment.noPosServer"),
      organization: agent.organizationName ?? NOTHING,
      decidedBy: agent.decidedBy ?? t("enrolment.byItself"),
      decidedAt: agent.decidedAt === null ? null : time(agent.decidedAt),
    })),
  };
}
