import { HISTORY_CHANGES, type ShownPosServer, type StateChange } from "../fleet/find-pos-server.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { FAILURE_CODES } from "../pos-client/failure.ts";
import type { Activity } from "../repairs/list-activities.ts";
import type { PosServerAction } from "../requests/recent-actions.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { withDetail } from "../viewer/with-detail.ts";
import type { AvailabilityBars } from "./availability-bars.ts";
import { toRow } from "./row.ts";

/** What «Проверить связь» has found, in words. */
export interface ShownAnswer {
  isOk: boolean;
  text: string;
  detail: string | null;
}

export interface ShowInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  changes: StateChange[];
  actions: PosServerAction[];
  activity: Activity | undefined;
  bars: AvailabilityBars;
  requiredVersion: string | null;
  outcome: StatusOutcome | null;
  now: number;
}

/** The page of one POS server: its last report, what failed, and its history, in the viewer's words and times. */
export function posServerModel(input: ShowInput) {
  const { viewer, posServer, changes, actions, activity, bars, requiredVersion, outcome, now } = input;
  const isParked = posServer.parked === 1;
  const [newest] = changes;
  return {
    row: toRow(posServer, requiredVersion, viewer, now, activity),
    posServer: {
      id: posServer.id,
      name: posServer.name,
      organizationId: posServer.organizationId,
      address: posServer.address,
      isPinned: posServer.fingerprint !== null,
      state: isParked ? "parked" : posServer.state,
    },
    since: viewer.format.clock(isParked && newest ? newest.at : posServer.stateSince, now),
    facts: facts(viewer, posServer, now),
    bars,
    history: history(viewer, changes, now),
    actions,
    isHistoryCut: changes.length === HISTORY_CHANGES,
    answer: outcome && shownAnswer(viewer, outcome),
    now,
  };
}

/** Facts that the report gave; what is unknown says so. */
function facts({ t, format }: Viewer, posServer: ShownPosServer, now: number) {
  const at = (time: number | null) => (time === null ? null : format.time(time, now));
  const { serviceState, serviceName, serviceStartedAt, databaseExists, databaseBytes } = posServer;
  const { diskFreeBytes, diskTotalBytes, pollIntervalMs } = posServer;
  const isRunning = serviceState === "running" && serviceStartedAt !== null;
  const isDatabaseThere = databaseExists === 1 && databaseBytes !== null;
  return {
    service: serviceState && t(`posServer.service.${serviceState}`),
    serviceName,
    serviceSince: isRunning ? at(serviceStartedAt) : null,
    database: isDatabaseThere
      ? format.bytes(databaseBytes)
      : databaseExists === 0
        ? t("posServer.databaseMissing")
        : null,
    databaseSince: isDatabaseThere ? at(posServer.databaseCreatedAt) : null,
    disk:
      diskFreeBytes === null || diskTotalBytes === null
        ? null
        : t("posServer.diskFree", {
            free: format.bytes(diskFreeBytes),
            total: format.bytes(diskTotalBytes),
          }),
    lastAttemptAt: at(posServer.lastAttemptAt),
    syncErrorAt: posServer.state === "unreachable" ? null : at(posServer.syncErrorAt),
    lastPollAt: at(posServer.lastPollAt),
    failedPolls: posServer.failedPolls,
    pollIntervalSeconds: pollIntervalMs === null ? null : pollIntervalMs / 1000,
  };
}

/** Each state from – to: it lasted until the transition after it. */
function history(viewer: Viewer, changes: StateChange[], now: number) {
  const { t, format } = viewer;
  return changes.map((change, index) => {
    const next = changes[index - 1];
    return {
      state: change.state,
      label: t(`state.${change.state}`),
      from: format.time(change.at, now),
      to: next ? format.time(next.at, now) : null,
      cause: causeInWords(viewer, change),
    };
  });
}

function causeInWords({ t }: Viewer, { state, causeKey, detail }: StateChange): string | null {
  const code = FAILURE_CODES.find((known) => causeKey?.startsWith(`${known}:`));
  if (state !== "unreachable" || !code) return state === "sync_error" ? detail : null;
  const words = t(`failure.${code}`);
  return withDetail(t, words, detail);
}

function shownAnswer({ t, format }: Viewer, outcome: StatusOutcome): ShownAnswer {
  if (!outcome.ok) {
    const { code, detail } = outcome.failure;
    return { isOk: false, text: t(`failure.${code}`), detail: detail || null };
  }
  const { receivedAt, report } = outcome;
  const time = format.clock(receivedAt, receivedAt);
  const version = report.version ?? t("posServers.versionUnknown");
  return { isOk: true, text: t("posServer.answered", { time, version }), detail: null };
}
