import type { ServiceState } from "../../../protocol/status-report.ts";
import { waitedUntil } from "../../requests/waiting.ts";
import type { ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { keptFailure } from "../commands/command-failure.ts";
import { restoredMs } from "../commands/restored-exchange.ts";
import { commandFailureInWords } from "../database-resets/words.ts";
import type { FoundStart } from "./find-service-starts.ts";
import { isStartCancellable } from "./finish-service-start.ts";

export type StartRefusal =
  | { code: "no_address" | "restored_copy" | "running" }
  | { code: "resetting"; resetId: number };

/** The dialog «Запустить службу», or why it is refused. */
export function newStartModel({ t }: Viewer, posServer: ShownPosServer, refusal: StartRefusal | null) {
  const { id, name, organizationName, crmId, serviceName } = posServer;
  return {
    title: t("serviceStart.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}/service-starts`,
    posServerUrl: `/pos-servers/${id}`,
    what: refusal ? null : t("serviceStart.what", { service: serviceName ?? t("databaseReset.anyService") }),
    notBegun: refusal === null || refusal.code === "running" ? null : t("serviceStart.notBegun"),
    refusal: refusal && t(`serviceStart.refused.${refusal.code}`),
    resetUrl: refusal?.code === "resetting" ? `/database-resets/${refusal.resetId}` : null,
    canBeSent: refusal === null,
  };
}

interface StartContext {
  serviceState: ServiceState | null;
  syncError: string | null;
  /** Somebody tried to cancel it too late. */
  isCancelTooLate: boolean;
  now: number;
}

/** The page and dialog that follow a start until the exchange works, or is late. */
export function startModel(
  viewer: Viewer,
  start: FoundStart,
  { serviceState, syncError, isCancelTooLate, now }: StartContext,
) {
  const { t, format } = viewer;
  const { exchange, finishedAt } = start;
  const failure = keptFailure(start);
  return {
    title: t("serviceStart.following", { name: start.posServerName }),
    subtitle: `${start.organizationName} · ${t("posServers.crmId", { crmId: start.crmId })}`,
    posServerUrl: `/pos-servers/${start.posServerId}`,
    asked: t("databaseReset.asked", {
      name: start.userName ?? start.userLogin,
      time: format.clock(start.requestedAt, now),
    }),
    pollUrl: finishedAt === null || exchange === "awaited" ? `/service-starts/${start.id}` : null,
    isDone: start.status === "done",
    canRepeat: start.status === "failed" && serviceState !== "running",
    text: statusInWords(viewer, start, now),
    url: `/service-starts/${start.id}`,
    canCancel: isStartCancellable(start),
    isCancelTooLate: isCancelTooLate && start.failureCode !== "start_cancelled",
    time: finishedAt === null ? "" : format.moment(start.runsAt ?? finishedAt, now),
    failure: failure ? commandFailureInWords(viewer, failure) : null,
    restored: restoredInWords(viewer, start, now),
    awaited: exchange === "awaited" ? t("serviceStart.exchange.awaited") : null,
    late: exchange === "late" ? t("serviceStart.exchange.late") : null,
    error: exchange === "late" ? syncError : null,
    resetUrl: start.databaseResetId === null ? null : `/database-resets/${start.databaseResetId}`,
  };
}

function statusInWords({ t, format }: Viewer, start: FoundStart, now: number): string {
  const until = waitedUntil(start);
  return until === null
    ? t(`serviceStart.status.${start.status}`)
    : t("agentAwaited.start", { time: format.clock(until, now) });
}

function restoredInWords({ t, format }: Viewer, start: FoundStart, now: number) {
  const ms = restoredMs(start);
  if (ms === null) return null;
  return {
    text: t("serviceStart.exchange.restored", { duration: format.elapsed(ms) }),
    time: format.moment(start.syncedAt ?? 0, now),
  };
}
