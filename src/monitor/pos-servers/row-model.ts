import type { ServiceState } from "../../protocol/status-report.ts";
import type { ListedPosServer } from "../filter/list-pos-servers.ts";
import { CLOCK_TOLERANCE_MS } from "../fleet/causes.ts";
import { worksByGuess } from "../fleet/evidence.ts";
import { closingInWords } from "../fleet/opening-hours/opening-hours-in-words.ts";
import { isBelow } from "../fleet/state.ts";
import type { Activity } from "../repairs/list-repairs.ts";
import { canBeCalled, isUnprotected } from "../restaurants/pos-server-to-call.ts";
import type { ShownAge } from "../viewer/format.ts";
import { withDetail } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

type KnownPosServer = Omit<
  ListedPosServer,
  "causeKey" | "recoveredAt" | "parkedAt" | "parkingReason" | "parkingEndsAt"
>;

const DEFAULT_PORT = "8443";
const NOTHING = "—";

export interface DialogLink {
  url: string;
  text: string;
}

/** null where it has no address or does not speak the protocol. */
interface DialogLinks {
  logs: DialogLink | null;
  serviceStart: DialogLink | null;
  serviceRestart: DialogLink | null;
  reset: DialogLink | null;
}

const NO_LINKS: DialogLinks = { logs: null, serviceStart: null, serviceRestart: null, reset: null };

export type PosServerRow = ReturnType<ReturnType<typeof createRowModel>>;

/** @returns a function that makes the row of a POS server; common words are looked up once. */
export function createRowModel(viewer: Viewer, requiredVersion: string | null, now: number) {
  const { t, format } = viewer;
  const words = {
    noAddress: t("posServers.noAddress"),
    dialsOut: t("posServers.dialsOut"),
    versionUnknown: t("posServers.versionUnknown"),
    neverUpdated: t("posServers.neverUpdated"),
    neverSynced: t("posServers.neverSynced"),
    logs: t("cause.step.get_logs"),
    serviceStart: t("serviceStart.submit"),
    serviceRestart: t("serviceRestart.submit"),
    reset: t("cause.step.reset_database"),
    guess: t("evidence.guess"),
  };
  const required = requiredVersion
    ? { version: requiredVersion, text: t("posServers.updateTo", { version: requiredVersion }) }
    : null;

  const labelOf = keepWords((state) => t(`state.${state}`));
  const crmIdOf = keepWords((crmId) => t("posServers.crmId", { crmId }));

  return (posServer: KnownPosServer, activity?: Activity) => {
    const { id, version, lastUpdateAt } = posServer;
    return {
      id,
      url: `/pos-servers/${id}`,
      state: posServer.state,
      label: shownLabel(posServer),
      evidence: posServer.parked !== 1 && worksByGuess(posServer) ? words.guess : null,
      isParked: posServer.parked === 1,
      /** What is being done to it, with a link to it. */
      activity: activity ? activityInWords(activity, viewer, now) : null,
      organizationName: posServer.organizationName,
      crmId: crmIdOf(posServer.crmId),
      name: posServer.name,
      address: addressOf(posServer),
      isUnprotected: isUnprotected(posServer),
      clockWarning: clockWarning(posServer.clockShiftMs, viewer),
      version,
      /** In place of an unknown version. */
      noVersion: lastUpdateAt === null ? NOTHING : words.versionUnknown,
      /** The required version; null when its own is new enough. */
      required: required && isBelow(version, required.version) ? required : null,
      lastUpdate: ageCell(lastUpdateAt, words.neverUpdated),
      lastSync: ageCell(posServer.lastSyncAt, lastUpdateAt === null ? NOTHING : words.neverSynced),
      error: shownError(posServer, viewer),
      /** Few pages show them. */
      links: () => dialogLinks(posServer, activity),
    };
  };

  function shownLabel(posServer: KnownPosServer): string {
    if (posServer.parked === 1) return labelOf("parked");
    return posServer.state === "closed" ? closingInWords(viewer, posServer, now) : labelOf(posServer.state);
  }

  /** `isMissing`: it has never been. */
  function ageCell(
    at: number | null,
    missing: string,
  ): Pick<ShownAge, "text" | "at"> & { isMissing: boolean } {
    if (at === null) return { text: missing, at: null, isMissing: true };
    return Object.assign(format.age(at, now), { isMissing: false });
  }

  function addressOf({ connection, address }: KnownPosServer): string {
    if (connection === "dial_out") return words.dialsOut;
    return address ? shortAddress(address) : words.noAddress;
  }

  function dialogLinks(posServer: KnownPosServer, activity?: Activity): DialogLinks {
    const { id, state, serviceState, serviceCanRestart } = posServer;
    if (!canBeCalled(posServer) || state === "unsupported") return NO_LINKS;
    const link = (resource: string, text: string) => ({ url: `/pos-servers/${id}/${resource}/new`, text });
    const canStart = serviceState === "stopped" && isStartAwaited(activity);
    const canRestart = serviceCanRestart === 1 && isRestartable(serviceState) && activity === undefined;
    return {
      logs: link("log-requests", words.logs),
      serviceStart: canStart ? link("service-starts", words.serviceStart) : null,
      serviceRestart: canRestart ? link("service-restarts", words.serviceRestart) : null,
      reset: activity?.kind === "reset" ? null : link("database-resets", words.reset),
    };
  }
}

/** Neither parked nor too old. */
export function isWatched({ isParked, state }: Pick<PosServerRow, "isParked" | "state">): boolean {
  return !isParked && state !== "unsupported";
}

/** What it says can be searched for in the logs of others. */
export function hasSyncError({
  error,
  links,
  state,
}: Pick<PosServerRow, "error" | "links" | "state">): boolean {
  return error !== null && links().logs !== null && state !== "unreachable";
}

/** Its error is known there. */
export function whereElseUrl({ id }: Pick<PosServerRow, "id">): string {
  return `/log-searches/new?posServer=${id}`;
}

/** Looking words up costs more than all else in a row. */
function keepWords(find: (value: string) => string): (value: string) => string {
  const kept = new Map<string, string>();
  return (value) => {
    const words = kept.get(value) ?? find(value);
    kept.set(value, words);
    return words;
  };
}

function activityInWords(activity: Activity, { t, format }: Viewer, now: number): DialogLink {
  const { id, awaitedUntil } = activity;
  const kind = activity.kind === "start" && activity.isRestart ? "restart" : activity.kind;
  const url = kind === "reset" ? `/database-resets/${id}` : `/service-starts/${id}`;
  if (awaitedUntil !== null) {
    return { url, text: t(`agentAwaited.inRow.${kind}`, { time: format.clock(awaitedUntil, now) }) };
  }
  if (activity.kind === "reset") return { url, text: t(`databaseReset.inRow.${activity.step}`) };
  return { url, text: t(activity.isRestart ? "serviceRestart.inRow" : "serviceStart.inRow") };
}

/** What hangs while it starts or stops may be restarted too. */
function isRestartable(state: ServiceState | null): boolean {
  return state !== null && state !== "stopped" && state !== "not_installed";
}

/** A reset starts the service itself. */
function isStartAwaited(activity: Activity | undefined): boolean {
  return activity === undefined || (activity.kind === "reset" && activity.step === "awaiting_start");
}

/** The last sync error; of an unreachable POS server, why it cannot be polled. */
export function shownError(posServer: KnownPosServer, { t }: Pick<Viewer, "t">): string | null {
  if (posServer.state === "closed") return null;
  if (posServer.state !== "unreachable") return posServer.syncError;
  if (!posServer.failureCode) return null;
  return withDetail(t, t(`failure.${posServer.failureCode}`), posServer.failureDetail);
}

/** A positive shift moves reported times forward: the POS server's clock is behind. */
function clockWarning(shiftMs: number | null, { t, format }: Viewer): string | null {
  if (shiftMs === null || Math.abs(shiftMs) <= CLOCK_TOLERANCE_MS) return null;
  const duration = format.duration(Math.abs(shiftMs));
  return t(shiftMs > 0 ? "posServers.clockBehind" : "posServers.clockAhead", { duration });
}

/** An address without scheme and default port. */
export function shortAddress(address: string): string {
  const url = URL.parse(address);
  if (!url) return address;
  const port = url.port === "" || url.port === DEFAULT_PORT ? "" : `:${url.port}`;
  return `${url.hostname}${port}${url.pathname === "/" ? "" : url.pathname}`;
}
