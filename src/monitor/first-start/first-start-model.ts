import type { AgentPackage } from "../../protocol/agent-update.ts";
import { confirmationUrl, ENROLMENTS_URL } from "../enrolment/addresses.ts";
import type { AwaitedEnrolment } from "../enrolment/decide-enrolment.ts";
import { GUESSES_URL } from "../fleet/evidence.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type ConnectedPosServer, DECIDED_HERE, type Progress } from "./progress.ts";

export const FIRST_START_URL = "/first-start";
const SHOWN_CHANNELS = 3;

const CHECK_COMMAND = '& "$env:ProgramFiles\\Poswatch\\poswatch-agent.exe" check';
const START_COMMAND = "npm run agent -- --config agent.json";

/** How far each of the five steps is. @param agentPackage from which Windows agents are installed; null = there is none. */
export function firstStartModel(
  viewer: Viewer,
  progress: Progress,
  { agentPackage, now }: { agentPackage: AgentPackage | null; now: number },
) {
  const { t, format } = viewer;
  const { awaited, connected, openCode, channels } = progress;
  const hasAnswered = connected !== null && connected.lastUpdateAt !== null;
  const hasCome = awaited.length > 0 || connected !== null;
  const isConfirmed = awaited.length === 0 && hasAnswered;
  const told = channels.find(({ deliveredAt }) => deliveredAt !== null);
  const stepState = (isDone: boolean, hasBegun: boolean) =>
    isDone ? "done" : hasBegun ? "current" : "later";
  const agentName = connected?.name ?? awaited[0]?.host;
  return {
    heading: {
      title: t(hasAnswered ? "firstStart.connectedTitle" : "firstStart.title"),
      text: t(hasAnswered ? "firstStart.connectedText" : "firstStart.text"),
      listLink: hasAnswered && { text: t("firstStart.toList"), url: "/pos-servers" },
    },
    agentPackage: {
      state: stepState(agentPackage !== null, false),
      result:
        agentPackage &&
        t("firstStart.package.done", {
          version: agentPackage.version,
          size: format.bytes(agentPackage.size),
        }),
      sha256: agentPackage?.sha256,
    },
    install: {
      state: stepState(hasCome, true),
      result: agentName && t("firstStart.install.done", { name: agentName }),
      isAwaited: !hasCome && openCode !== null,
    },
    confirm: {
      state: stepState(isConfirmed, hasCome),
      result: connected && t("firstStart.confirm.done", { organization: connected.organizationName }),
      agents: awaited.slice(0, DECIDED_HERE).map((agent) => awaitedModel(viewer, agent, progress)),
      hasMore: awaited.length > DECIDED_HERE,
    },
    answer: {
      isAwaited: connected !== null && !hasAnswered,
      ...(agentPackage
        ? { waitingText: t("firstStart.answer.waitingForService"), command: CHECK_COMMAND }
        : { waitingText: t("firstStart.answer.waitingText"), command: START_COMMAND }),
      posServer: connected && posServerModel(viewer, connected, now),
    },
    colleagues: {
      state: stepState(progress.users > 1, isConfirmed),
      result: t("firstStart.colleagues.done", { count: progress.users }),
    },
    tell: {
      state: stepState(told !== undefined, isConfirmed && progress.users > 1),
      channels: channels.slice(0, SHOWN_CHANNELS).map(({ id, kind, name, deliveredAt }) => ({
        name,
        kind: t(`channels.kind.${kind}`),
        url: `/channels/${id}`,
        delivered:
          deliveredAt === null
            ? null
            : t("firstStart.tell.delivered", { time: format.clock(deliveredAt, now) }),
      })),
      kinds: ["telegram", "email", "webhook"].map((kind) => ({
        text: t(`channels.kind.${kind}`),
        url: `/channels/new?kind=${kind}&scope=shared`,
      })),
    },
  };
}

function awaitedModel({ t }: Viewer, agent: AwaitedEnrolment, { organizations }: Progress) {
  const { id, host, address, crmId, version } = agent;
  return {
    id,
    host,
    facts: [
      crmId === null ? t("enrolment.crmIdUnknown") : t("posServers.crmId", { crmId }),
      ...(version === null ? [] : [t("enrolment.version", { version })]),
      t("enrolment.from", { address }),
    ].join(" · "),
    confirmUrl: organizations.length > 0 ? confirmationUrl(id) : null,
    confirmLabel: t("firstStart.confirm.chooseNamed", { host }),
    refuseUrl: `${ENROLMENTS_URL}/agents/${id}/refusal/new`,
    refuseLabel: t("enrolment.refuseNamed", { host }),
  };
}

function posServerModel({ t, format }: Viewer, posServer: ConnectedPosServer, now: number) {
  const { id, name, state, lastSyncAt, lastUpdateAt, logEvidence } = posServer;
  const exchange =
    lastSyncAt === null
      ? t("firstStart.answer.noExchange")
      : t("firstStart.answer.lastExchange", { time: format.clock(lastSyncAt, now) });
  return {
    url: `/pos-servers/${id}`,
    name,
    state,
    /** While pending, the page shows a sign of waiting beside it. */
    stateText: state === "pending" ? null : t(`state.${state}`),
    exchange: lastUpdateAt === null ? null : exchange,
    guess: logEvidence === "guess" ? { text: t("evidence.meaning"), url: GUESSES_URL } : null,
  };
}
