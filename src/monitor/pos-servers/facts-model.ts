import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import { BACK_OFF_AFTER_POLLS } from "../polling/schedule.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { PosServerRow } from "./row-model.ts";

const UNKNOWN = "—";
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** A line of what is known of a POS server. */
interface Fact {
  title: string;
  text: string;
  note?: string | null;
  isWarning?: boolean;
}

/** What the last report said, and how the POS server is polled; what is unknown says so. */
export function factsModel(
  viewer: Viewer,
  posServer: ShownPosServer,
  row: PosServerRow,
  { nextPollAt, now }: { nextPollAt: number | null; now: number },
): Fact[] {
  const { t, format } = viewer;
  const { lastAttemptAt, pollIntervalMs } = posServer;
  const { clockWarning } = row;
  const attempt = lastAttemptAt === null ? UNKNOWN : format.time(lastAttemptAt, now);
  return [
    { title: t("posServer.lastAttempt"), text: attempt },
    service(viewer, posServer, now),
    database(viewer, posServer, now),
    disk(viewer, posServer),
    ...(clockWarning ? [{ title: t("posServer.clock"), text: clockWarning, isWarning: true }] : []),
    address(viewer, posServer, row),
    lastPoll(viewer, posServer, now),
    ...(nextPollAt === null ? [] : [nextPoll(viewer, posServer, nextPollAt, now)]),
    ...(pollIntervalMs === null ? [] : [interval(viewer, pollIntervalMs)]),
  ];
}

function service({ t, format }: Viewer, posServer: ShownPosServer, now: number): Fact {
  const { serviceState, serviceName, serviceStartedAt } = posServer;
  const since =
    serviceState === "running" && serviceStartedAt !== null
      ? t("posServer.since", { time: format.time(serviceStartedAt, now) })
      : null;
  return {
    title: t("posServer.serviceTitle"),
    text: serviceState ? t(`posServer.service.${serviceState}`) : UNKNOWN,
    note: [serviceName, since].filter(Boolean).join(" "),
  };
}

function database({ t, format }: Viewer, posServer: ShownPosServer, now: number): Fact {
  const { databaseExists, databaseBytes, databaseCreatedAt } = posServer;
  const title = t("posServer.database");
  if (databaseExists === 0) return { title, text: t("posServer.databaseMissing") };
  if (databaseExists === null || databaseBytes === null) return { title, text: UNKNOWN };
  return {
    title,
    text: format.bytes(databaseBytes),
    note:
      databaseCreatedAt === null
        ? null
        : t("posServer.createdAt", { time: format.time(databaseCreatedAt, now) }),
  };
}

function disk({ t, format }: Viewer, { diskFreeBytes, diskTotalBytes }: ShownPosServer): Fact {
  const title = t("posServer.disk");
  if (diskFreeBytes === null || diskTotalBytes === null) return { title, text: UNKNOWN };
  const [free, total] = [format.bytes(diskFreeBytes), format.bytes(diskTotalBytes)];
  return { title, text: t("posServer.diskFree", { free, total }) };
}

function address({ t }: Viewer, posServer: ShownPosServer, { isUnprotected }: PosServerRow): Fact {
  const title = t("posServer.address");
  if (!posServer.address) return { title, text: t("posServers.noAddress") };
  const trust = posServer.fingerprint === null ? "byAuthorities" : "pinned";
  return { title, text: posServer.address, note: t(`posServer.${isUnprotected ? "withoutTls" : trust}`) };
}

function lastPoll({ t, format }: Viewer, { lastPollAt, failedPolls }: ShownPosServer, now: number): Fact {
  return {
    title: t("posServer.lastPoll"),
    text: lastPollAt === null ? t("posServers.neverUpdated") : format.time(lastPollAt, now),
    note: failedPolls > 0 ? t("posServer.failedPolls", { count: failedPolls }) : null,
  };
}

function nextPoll({ t, format }: Viewer, { failedPolls }: ShownPosServer, at: number, now: number): Fact {
  return {
    title: t("posServer.nextPoll"),
    text: at <= now ? t("posServer.now") : format.moment(at, now),
    note: failedPolls >= BACK_OFF_AFTER_POLLS ? t("posServer.backedOff") : null,
  };
}

function interval({ t }: Viewer, pollIntervalMs: number): Fact {
  return { title: t("posServer.interval"), text: everyInWords(t, pollIntervalMs) };
}

function everyInWords(t: Viewer["t"], intervalMs: number): string {
  const count = intervalMs / 1000;
  if (count === HOUR_SECONDS) return t("posServer.everyHour");
  if (count === MINUTE_SECONDS) return t("posServer.everyMinute");
  return count % MINUTE_SECONDS === 0
    ? t("posServer.minutes", { count: count / MINUTE_SECONDS })
    : t("posServer.seconds", { count });
}
