import { BACK_OFF_AFTER_POLLS } from "../polling/schedule.ts";
import type { ConnectedAgent } from "../pos-client/dial-out/agent-hub.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { KnownPosServer } from "./find-known.ts";

const UNKNOWN = "—";
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

interface Fact {
  title: string;
  text: string;
  note?: string | null;
}

export function pollingFactsModel(
  viewer: Viewer,
  posServer: ShownPosServer,
  row: PosServerRow,
  { intervalMs, nextPollAt, agent }: KnownPosServer["polling"],
  now: number,
): Fact[] {
  const { t, format } = viewer;
  const time = (at: number | null) => (at === null ? UNKNOWN : format.time(at, now));
  const { lastAttemptAt, lastPollAt, lastSyncAt, lastUpdateAt, failedPolls } = posServer;
  return [
    { title: t("posServers.column.lastSyncAt"), text: time(lastSyncAt) },
    { title: t("posServer.lastAttempt"), text: time(lastAttemptAt) },
    { title: t("posServers.column.lastUpdateAt"), text: time(lastUpdateAt) },
    {
      title: t("posServer.lastPoll"),
      text: time(lastPollAt),
      note: failedPolls > 0 ? t("posServer.failedPolls", { count: failedPolls }) : null,
    },
    ...(nextPollAt === null || row.isParked
      ? []
      : [nextPoll(viewer, isPolledLessOften(posServer, agent), nextPollAt, now)]),
    ...(row.isParked ? [] : [{ title: t("posServer.interval"), text: everyInWords(t, intervalMs) }]),
    posServer.connection === "dial_out"
      ? agentConnection(viewer, agent, now)
      : address(viewer, posServer, row),
    ...agentVersion(viewer, posServer),
  ];
}

/** After failed polls, unless its agent keeps a connection. */
export function isPolledLessOften({ failedPolls }: ShownPosServer, agent: ConnectedAgent | null): boolean {
  return failedPolls >= BACK_OFF_AFTER_POLLS && agent === null;
}

function nextPoll({ t, format }: Viewer, isLessOften: boolean, at: number, now: number): Fact {
  return {
    title: t("posServer.nextPoll"),
    text: at <= now ? t("posServer.now") : format.moment(at, now),
    note: isLessOften ? t("posServer.backedOff") : null,
  };
}

function address({ t }: Viewer, posServer: ShownPosServer, { isUnprotected }: PosServerRow): Fact {
  const title = t("posServer.address");
  if (!posServer.address) return { title, text: t("posServers.noAddress") };
  const trust = posServer.fingerprint === null ? "byAuthorities" : "pinned";
  return { title, text: posServer.address, note: t(`posServer.${isUnprotected ? "withoutTls" : trust}`) };
}

function agentConnection({ t, format }: Viewer, agent: ConnectedAgent | null, now: number): Fact {
  const title = t("posServer.agent");
  if (!agent) return { title, text: t("posServer.agentAway"), note: t("posServers.dialsOut") };
  return {
    title,
    text: t("posServer.agentConnected", { time: format.moment(agent.connectedAt, now) }),
    note: t("enrolment.from", { address: agent.address }),
  };
}

function agentVersion({ t }: Viewer, { agentVersion: version, agentPlatform }: ShownPosServer): Fact[] {
  return version === null ? [] : [{ title: t("posServer.agentVersion"), text: version, note: agentPlatform }];
}

/** «каждую минуту», «каждые 15 секунд». */
export function everyInWords(t: Viewer["t"], intervalMs: number): string {
  const count = intervalMs / 1000;
  if (count === HOUR_SECONDS) return t("posServer.everyHour");
  if (count === MINUTE_SECONDS) return t("posServer.everyMinute");
  return count % MINUTE_SECONDS === 0
    ? t("posServer.minutes", { count: count / MINUTE_SECONDS })
    : t("posServer.seconds", { count });
}
