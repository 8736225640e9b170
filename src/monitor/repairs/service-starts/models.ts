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

/** The page and dialog that follow a start. */
export function startModel(viewer: Viewer, start: FoundStart, now: number) {
  const { t, format } = viewer;
  const failure = start.failureCode && { code: start.failureCode, detail: start.failureDetail ?? "" };
  return {
    title: t("serviceStart.following", { name: start.posServerName }),
    subtitle: `${start.organizationName} · ${t("posServers.crmId", { crmId: start.crmId })}`,
    posServerUrl: `/pos-servers/${start.posServerId}`,
    asked: t("databaseReset.asked", {
      name: start.userName ?? start.userLogin,
      time: format.clock(start.requestedAt, now),
    }),
    pollUrl: start.finishedAt === null ? `/service-starts/${start.id}` : null,
    isDone: start.status === "done",
    canRepeat: start.status === "failed",
    text: t(`serviceStart.status.${start.status}`),
    time: start.finishedAt === null ? "" : format.moment(start.finishedAt, now),
    failure: failure ? commandFailureInWords(viewer, failure) : null,
    resetUrl: start.databaseResetId === null ? null : `/database-resets/${start.databaseResetId}`,
  };
}
