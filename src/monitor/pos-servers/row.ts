import { isBelow, type PosServerState } from "../fleet/state.ts";
import type { Activity } from "../repairs/list-activities.ts";
import type { ShownAge } from "../viewer/format.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { withDetail } from "../viewer/with-detail.ts";
import type { ListedPosServer } from "./list-pos-servers.ts";

const CLOCK_WARNING_MS = 2 * 60_000;
const DEFAULT_PORT = "8443";

/** A row of the table as it is shown: texts in the viewer's language and time zone. */
export interface PosServerRow {
  id: number;
  state: PosServerState;
  label: string;
  isParked: boolean;
  organizationName: string;
  crmId: string;
  name: string;
  address: string | null;
  isUnprotected: boolean;
  clockWarning: string | null;
  version: string | null;
  /** The version it should have; null when its own will do. */
  requiredVersion: string | null;
  lastUpdate: ShownAge | null;
  lastSync: ShownAge | null;
  error: string | null;
  /** Whether its actions can work: it has an address and speaks the protocol. */
  canBeCalled: boolean;
  /** What is being done to it, and where that is followed. */
  activity: { url: string; text: string } | null;
  canBeReset: boolean;
  canStartService: boolean;
}

/** Puts what the database knows of a POS server into the words of the page. */
export function toRow(
  posServer: ListedPosServer,
  requiredVersion: string | null,
  viewer: Viewer,
  now: number,
  activity?: Activity,
): PosServerRow {
  const { t, format } = viewer;
  const age = (at: number | null) => (at === null ? null : format.age(at, now));
  const canBeCalled = posServer.address !== null && posServer.state !== "unsupported";
  return {
    id: posServer.id,
    state: posServer.state,
    label: t(`state.${posServer.state}`),
    isParked: posServer.parked === 1,
    organizationName: posServer.organizationName,
    crmId: posServer.crmId,
    name: posServer.name,
    address: posServer.address && shortAddress(posServer.address),
    isUnprotected: posServer.address?.startsWith("http://") ?? false,
    clockWarning: clockWarning(posServer.clockShiftMs, viewer),
    version: posServer.version,
    requiredVersion: isBelow(posServer.version, requiredVersion) ? requiredVersion : null,
    lastUpdate: age(posServer.lastUpdateAt),
    lastSync: age(posServer.lastSyncAt),
    error: shownError(posServer, viewer),
    canBeCalled,
    activity: activity ? activityInWords(activity, viewer) : null,
    canBeReset: canBeCalled && activity?.kind !== "reset",
    canStartService: canBeCalled && posServer.serviceState === "stopped" && isStartAwaited(activity),
  };
}

function activityInWords(activity: Activity, { t }: Viewer): { url: string; text: string } {
  return activity.kind === "reset"
    ? { url: `/database-resets/${activity.id}`, text: t(`databaseReset.inRow.${activity.step}`) }
    : { url: `/service-starts/${activity.id}`, text: t("serviceStart.inRow") };
}

/** While a reset is at work it starts the service itself. */
function isStartAwaited(activity: Activity | undefined): boolean {
  return activity === undefined || (activity.kind === "reset" && activity.step === "awaiting_start");
}

/** The last sync error; of an unreachable POS server why it cannot be polled. */
export function shownError(posServer: ListedPosServer, { t }: Pick<Viewer, "t">): string | null {
  if (posServer.state !== "unreachable") return posServer.syncError;
  if (!posServer.failureCode) return null;
  const words = t(`failure.${posServer.failureCode}`);
  const detail = posServer.failureDetail;
  return withDetail(t, words, detail);
}

/** A positive shift moves reported times forward: the POS server's clock is behind. */
function clockWarning(shiftMs: number | null, { t, format }: Viewer): string | null {
  if (shiftMs === null || Math.abs(shiftMs) <= CLOCK_WARNING_MS) return null;
  const duration = format.duration(Math.abs(shiftMs));
  return t(shiftMs > 0 ? "posServers.clockBehind" : "posServers.clockAhead", { duration });
}

/** An address without what goes without saying. */
export function shortAddress(address: string): string {
  const url = URL.parse(address);
  if (!url) return address;
  const port = url.port === "" || url.port === DEFAULT_PORT ? "" : `:${url.port}`;
  return `${url.hostname}${port}${url.pathname === "/" ? "" : url.pathname}`;
}
