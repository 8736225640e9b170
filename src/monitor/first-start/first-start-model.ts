import { confirmationUrl, ENROLMENTS_URL } from "../enrolment/addresses.ts";
import type { AwaitedEnrolment } from "../enrolment/decide-enrolment.ts";
import { GUESSES_URL } from "../fleet/evidence.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type ConnectedPosServer, DECIDED_HERE, type Progress } from "./progress.ts";

export const FIRST_START_URL = "/first-start";
/** Without a query the list leads here. */
const LIST_URL = "/pos-servers?list=1";

const CHECK_COMMAND = '& "$env:ProgramFiles\\Poswatch\\poswatch-agent.exe" check';
const START_COMMAND = "npm run agent -- --config agent.json";

/** How far each of the four steps is. @param hasPackage whether Windows agents are installed from a package. */
export function firstStartModel(
  viewer: Viewer,
  progress: Progress,
  { hasPackage, now }: { hasPackage: boolean; now: number },
) {
  const { t } = viewer;
  const { awaited, connected, openCode } = progress;
  const hasAnswered = connected !== null && connected.lastUpdateAt !== null;
  const areDone = [
    awaited.length > 0 || connected !== null,
    awaited.length === 0 && connected !== null,
    hasAnswered,
    progress.users > 1,
  ];
  // One agent may wait to be let in while another is about to answer.
  const haveBegun = [false, awaited.length > 0, connected !== null, false];
  const firstOpen = areDone.indexOf(false);
  const state = (index: number) => {
    if (areDone[index]) return "done";
    return index === firstOpen || haveBegun[index] ? "current" : "later";
  };
  const agentName = connected?.name ?? awaited[0]?.host;
  return {
    heading: {
      title: t(hasAnswered ? "firstStart.connectedTitle" : "firstStart.title"),
      text: t(hasAnswered ? "firstStart.connectedText" : "firstStart.text"),
      listLink: listLink(viewer, progress, hasAnswered),
    },
    install: {
      state: state(0),
      result: agentName && t("firstStart.install.done", { name: agentName }),
      isAwaited: !areDone[0] && openCode !== null,
    },
    confirm: {
      state: state(1),
      result: connected && t("firstStart.confirm.done", { organization: connected.organizationName }),
      agents: awaited.slice(0, DECIDED_HERE).map((agent) => awaitedModel(viewer, agent, progress)),
      hasMore: awaited.length > DECIDED_HERE,
    },
    answer: {
      state: state(2),
      isAwaited: state(2) === "current",
      ...(hasPackage
        ? { waitingText: t("firstStart.answer.waitingForService"), command: CHECK_COMMAND }
        : { waitingText: t("firstStart.answer.waitingText"), command: START_COMMAND }),
      posServer: connected && posServerModel(viewer, connected, now),
    },
    colleagues: {
      state: state(3),
      result: t("firstStart.colleagues.done", { count: progress.users }),
    },
  };
}

function listLink({ t }: Viewer, { hasPosServers }: Progress, hasAnswered: boolean) {
  if (hasAnswered) return { text: t("firstStart.toList"), url: "/pos-servers" };
  return hasPosServers ? { text: t("firstStart.showList"), url: LIST_URL } : null;
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
