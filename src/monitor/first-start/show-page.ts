import type { FastifyReply } from "fastify";
import { ISSUED_COMMANDS, type IssuedCommands } from "../enrolment/enrolment-commands.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { findAgentAddress, isOnlyHere } from "../installation/addresses.ts";
import type { OrganizationForm } from "../organizations/organization-form.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { healthInWords, readHealth } from "../pos-servers/health.ts";
import { MAX_NAME_LENGTH, readName } from "../registry/names.ts";
import { freshnessModel } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { FIRST_START_URL, firstStartModel } from "./first-start-model.ts";
import { findProgress, type Progress } from "./progress.ts";

/** Without JavaScript, and unless the page shows a command, which comes only once. */
const RELOAD_SECONDS = 15;

export async function showFirstStart(reply: FastifyReply, refused: RefusedOrganization | null = null) {
  const { request, server: app } = reply;
  const { viewer } = request;
  const now = app.clock();
  const progress = await findProgress(app.database.db, now);
  const agentPackage = await app.agentPackages.findOffered();
  const steps = {
    trouble: healthInWords(viewer, readHealth(app, now), now),
    ...firstStartModel(viewer, progress, { agentPackage, now }),
  };
  const tag = tagOf(viewer, [steps, organizationFields(viewer, progress, null)]);
  const shown = {
    ...steps,
    organization: organizationFields(viewer, progress, refused),
    csrfToken: reply.csrfToken(),
  };
  if (request.isPartial) {
    return reply.polledPart(tag, () => app.renderFragment("first-start/_refreshed", viewer, shown));
  }
  const command = commandModel(viewer, request.flashed(ISSUED_COMMANDS), progress, now);
  const monitor = await findAgentAddress(request);
  return await reply.page("first-start/page", {
    ...shown,
    title: steps.heading.title,
    freshness: freshnessModel(viewer, { url: FIRST_START_URL, tag, now }),
    command,
    url: FIRST_START_URL,
    needs: viewer.t(agentPackage ? "firstStart.aside.needsWindows" : "firstStart.aside.needs"),
    monitor,
    isOnlyHere: monitor !== null && isOnlyHere(monitor),
    reloadSeconds: command.commands === null ? RELOAD_SECONDS : null,
  });
}

function commandModel(
  { t, format }: Viewer,
  issued: IssuedCommands | null,
  { openCode }: Progress,
  now: number,
) {
  if (issued) {
    const { windows, source, monitor } = issued;
    const time = format.time(issued.endsAt, now);
    return {
      commands: issued,
      ends: t("firstStart.install.ends", { time }),
      letter: windows
        ? t("firstStart.letter.windows", { command: windows.line, monitor, time })
        : t("firstStart.letter.source", { command: source, monitor, time }),
    };
  }
  const since = openCode && format.clock(openCode.createdAt, now);
  return {
    commands: null,
    shownBefore:
      openCode && t("firstStart.install.shownBefore", { since, time: format.time(openCode.endsAt, now) }),
    letter: null,
  };
}

interface RefusedOrganization {
  enrolmentId: number;
  typed: OrganizationForm["typed"] & { posServer: string };
  problems: OrganizationForm["problems"];
}

/** For the agent that has waited longest; null when none waits, or it has an organization. */
function organizationFields(
  { t }: Viewer,
  { awaited, organizations }: Progress,
  refused: RefusedOrganization | null,
) {
  const agent = refused ? awaited.find(({ id }) => id === refused.enrolmentId) : awaited[0];
  if (!agent) return null;
  const { id, crmId, host } = agent;
  const isKnown = organizations.some((organization) => organization.crmId === crmId);
  if (refused === null && (isKnown || (crmId === null && organizations.length > 0))) return null;
  const { typed, problems } = refused ?? {
    typed: { name: "", crmId: crmId ?? "", posServer: readName(host) },
    problems: {},
  };
  const field = fieldsOf(t, {
    typed,
    problems,
    limits: { maxLength: MAX_NAME_LENGTH, agentCrmId: crmId ?? "" },
  });
  return {
    enrolmentId: id,
    title: t("firstStart.confirm.newOrganization", { host }),
    fields: [
      field("name", { label: t("firstStart.confirm.organizationName"), isRequired: true }),
      field("crmId", { label: "CrmId", isRequired: true, inputMode: "numeric" }),
      field("posServer", {
        label: t("firstStart.confirm.posServerName"),
        isRequired: true,
        hint: t("enrolment.nameHint"),
      }),
    ],
  };
}
