import type { Selectable } from "kysely";
import type { PosStatusTable } from "../../database/tables/status-tables.ts";
import { waitedUntil } from "../../requests/waiting.ts";
import type { ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { keptFailure } from "../commands/command-failure.ts";
import { restoredMs } from "../commands/restored-exchange.ts";
import { commandFailureInWords } from "../database-resets/words.ts";
import type { FoundStart } from "./find-service-starts.ts";
import { isStartCancellable } from "./finish-service-start.ts";

export type StartRefusal =
  | { code: "no_address" | "restored_copy" | "running" | "stopped" | "not_offered" }
  | { code: "resetting"; resetId: number };

/** While these last nobody says that nothing was begun: nothing had to be. */
const NEEDLESS: readonly string[] = ["running", "stopped"];

/** The words of a start, or of a restart, in the catalogs. */
export function wordsOf({ isRestart }: { isRestart: number }): "serviceStart" | "serviceRestart" {
  return isRestart === 1 ? "serviceRestart" : "serviceStart";
}

/** The dialogs «Запустить службу» and «Перезапустить службу», or why it is refused. */
export function newStartModel(
  { t }: Viewer,
  posServer: ShownPosServer,
  isRestart: boolean,
  refusal: StartRefusal | null,
) {
  const { id, name, organizationName, crmId, serviceName } = posServer;
  const words = wordsOf({ isRestart: Number(isRestart) });
  return {
    title: t(`${words}.title`, { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}/service-${isRestart ? "restarts" : "starts"}`,
    posServerUrl: `/pos-servers/${id}`,
    what: refusal ? null : t(`${words}.what`, { service: serviceName ?? t("databaseReset.anyService") }),
    notBegun: refusal === null || NEEDLESS.includes(refusal.code) ? null : t(`${words}.notBegun`),
    refusal: refusal && t(`serviceStart.refused.${refusal.code}`),
    resetUrl: refusal?.code === "resetting" ? `/database-resets/${refusal.resetId}` : null,
    submit: t(`${words}.submit`),
    canBeSent: refusal === null,
  };
}

interface StartContext
  extends Pick<
    Selectable<PosStatusTable>,
    "serviceState" | "syncError" | "portSilentReports" | "lastUpdateAt"
  > {
  /** Somebody tried to cancel it too late. */
  isCancelTooLate: boolean;
  now: number;
}

/** The page and dialog that follow a start until the exchange works, or is late. */
export function startModel(viewer: Viewer, start: FoundStart, context: StartContext) {
  const { t, format } = viewer;
  const { serviceState, syncError, isCancelTooLate, now } = context;
  const { exchange, finishedAt } = start;
  const failure = keptFailure(start);
  const words = wordsOf(start);
  const resource = start.isRestart === 1 ? "service-restarts" : "service-starts";
  return {
    title: t(`${words}.following`, { name: start.posServerName }),
    subtitle: `${start.organizationName} · ${t("posServers.crmId", { crmId: start.crmId })}`,
    posServerUrl: `/pos-servers/${start.posServerId}`,
    asked: t("databaseReset.asked", {
      name: start.userName ?? start.userLogin,
      time: format.clock(start.requestedAt, now),
    }),
    pollUrl: finishedAt === null || exchange === "awaited" ? `/service-starts/${start.id}` : null,
    steps: start.isRestart === 1 ? restartSteps(viewer, start, context) : null,
    isDone: start.status === "done",
    repeatUrl:
      start.status === "failed" && (start.isRestart === 1 || serviceState !== "running")
        ? `/pos-servers/${start.posServerId}/${resource}/new`
        : null,
    repeat: t(`${words}.repeat`),
    text: statusInWords(viewer, start, now),
    url: `/service-starts/${start.id}`,
    cancel: isStartCancellable(start) ? t(`${words}.cancel`) : null,
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

/** The service stops, starts, answers the tills where that is known, and its exchange works. */
function restartSteps({ t, format }: Viewer, start: FoundStart, context: StartContext) {
  const { status, commandStep, finishedAt, exchange } = start;
  const { portSilentReports, lastUpdateAt } = context;
  const isServing = portSilentReports === 0 && finishedAt !== null && (lastUpdateAt ?? 0) > finishedAt;
  const isStopped = commandStep === "starting_service" || status === "done";
  const ms = restoredMs(start);
  const passed = {
    stop: isStopped,
    start: status === "done",
    port: isServing || ms !== null,
    exchange: ms !== null,
  };
  const steps = (["stop", "start", "port", "exchange"] as const).filter(
    (step) => step !== "port" || portSilentReports !== null,
  );
  const current = steps.find((step) => !passed[step]);
  const isOver = status === "failed" || exchange === "late";
  const stateOf = (step: (typeof steps)[number]) => {
    if (passed[step]) return step === "exchange" ? "done" : "past";
    if (step !== current || status === "queued") return "ahead";
    return isOver ? "broken" : "current";
  };
  return steps.map((step) => ({
    state: stateOf(step),
    text:
      step === "exchange" && ms !== null
        ? t("serviceRestart.exchange", { duration: format.elapsed(ms) })
        : t(`serviceRestart.step.${step}`),
  }));
}

function statusInWords({ t, format }: Viewer, start: FoundStart, now: number): string {
  const until = waitedUntil(start);
  return until === null
    ? t(`${wordsOf(start)}.status.${start.status}`)
    : t(start.isRestart === 1 ? "agentAwaited.restart" : "agentAwaited.start", {
        time: format.clock(until, now),
      });
}

function restoredInWords({ t, format }: Viewer, start: FoundStart, now: number) {
  const ms = restoredMs(start);
  if (ms === null || start.isRestart === 1) return null;
  return {
    text: t("databaseReset.restored", { duration: format.elapsed(ms) }),
    time: format.moment(start.syncedAt ?? 0, now),
  };
}
