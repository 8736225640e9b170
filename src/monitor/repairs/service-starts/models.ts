import type { ShownPosServer } from "../../fleet/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { commandFailureInWords } from "../database-resets/words.ts";
import type { FoundStart } from "./find-service-starts.ts";

/** Why nothing was started. */
export type StartRefusal = { code: "no_address" | "restored_copy" } | { code: "resetting"; resetId: number };

/** The dialog «Запустить службу», and what was against it. */
export function newStartModel({ t }: Viewer, posServer: ShownPosServer, refusal: StartRefusal | null) {
  const { id, name, organizationName, crmId, serviceName } = posServer;
  return {
    title: t("serviceStart.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}/service-starts`,
    posServerUrl: `/pos-servers/${id}`,
    what: t("serviceStart.what", { service: serviceName ?? t("databaseReset.anyService") }),
    refusal: refusal && t(`serviceStart.refused.${refusal.code}`),
    resetUrl: refusal?.code === "resetting" ? `/database-resets/${refusal.resetId}` : null,
    canBeSent: refusal === null,
  };
}

/** What is known of the exchange since a start; times in ms UTC. */
export interface StartedExchange {
  lastSyncAt: number | null;
  /** Why it does not work, as it was reported. */
  syncError: string | null;
}

export interface StartContext {
  exchange: StartedExchange;
  /** How long the exchange is waited for, ms. */
  patienceMs: number;
  now: number;
}

/** What became of a start: the exchange is followed until it works or nobody expects it any more. */
export function followedExchange(
  start: Pick<FoundStart, "status" | "startedAt" | "requestedAt" | "finishedAt">,
  { exchange, patienceMs, now }: StartContext,
): "none" | "waiting" | "restored" | "late" {
  if (start.status !== "done" || start.finishedAt === null) return "none";
  if ((exchange.lastSyncAt ?? 0) >= (start.startedAt ?? start.requestedAt)) return "restored";
  return now < start.finishedAt + patienceMs ? "waiting" : "late";
}

/** The page and dialog that follow a start. */
export function startModel(viewer: Viewer, start: FoundStart, context: StartContext) {
  const { t, format } = viewer;
  const { exchange, now } = context;
  const failure = start.failureCode && { code: start.failureCode, detail: start.failureDetail ?? "" };
  const followed = followedExchange(start, context);
  const restoredMs = (exchange.lastSyncAt ?? 0) - (start.startedAt ?? start.requestedAt);
  return {
    title: t("serviceStart.following", { name: start.posServerName }),
    subtitle: `${start.organizationName} · ${t("posServers.crmId", { crmId: start.crmId })}`,
    posServerUrl: `/pos-servers/${start.posServerId}`,
    asked: t("databaseReset.asked", {
      name: start.userName ?? start.userLogin,
      time: format.clock(start.requestedAt, now),
    }),
    pollUrl: start.finishedAt === null || followed === "waiting" ? `/service-starts/${start.id}` : null,
    isDone: start.status === "done",
    canRepeat: start.status === "failed",
    text: t(`serviceStart.status.${start.status}`),
    time: start.finishedAt === null ? "" : format.moment(start.finishedAt, now),
    failure: failure ? commandFailureInWords(viewer, failure) : null,
    isRestored: followed === "restored",
    isLate: followed === "late",
    followed:
      followed === "none"
        ? null
        : t(`serviceStart.followed.${followed}`, { duration: format.elapsed(Math.max(restoredMs, 0)) }),
    error: followed === "late" ? exchange.syncError : null,
    resetUrl: start.databaseResetId === null ? null : `/database-resets/${start.databaseResetId}`,
  };
}
