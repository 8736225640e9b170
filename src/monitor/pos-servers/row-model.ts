import { CLOCK_TOLERANCE_MS } from "../fleet/causes.ts";
import { worksByGuess } from "../fleet/evidence.ts";
import { closingInWords } from "../fleet/opening-hours/closing-in-words.ts";
import { isBelow, type PosServerState } from "../fleet/state.ts";
import type { Activity } from "../repairs/list-activities.ts";
import { canBeCalled, isUnprotected } from "../restaurants/way-to-call.ts";
import type { ShownAge } from "../viewer/format.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { withDetail } from "../viewer/with-detail.ts";
import type { ListedPosServer } from "./list-pos-servers.ts";

/** What a row is made of, in the list and on a page of its own. */
type KnownPosServer = Omit<
  ListedPosServer,
  "causeKey" | "recoveredAt" | "parkedAt" | "parkingReason" | "parkingEndsAt"
>;

const DEFAULT_PORT = "8443";
const NOTHING = "—";

/** A time in the table: how long ago it was, and when for those that are shown exactly. */
export interface AgeCell extends ShownAge {
  /** It has never been: the text says so. */
  isMissing: boolean;
}

/** A link that opens in the dialog of the page. */
export interface DialogLink {
  url: string;
  text: string;
}

/** What can be done with a POS server; nothing while it has no address or does not speak the protocol. */
export interface DialogLinks {
  logs: DialogLink | null;
  serviceStart: DialogLink | null;
  reset: DialogLink | null;
}

const NO_LINKS: DialogLinks = { logs: null, serviceStart: null, reset: null };

/** A row of the table as it is shown: texts in the viewer's language and time zone. */
export interface PosServerRow {
  id: number;
  url: string;
  state: PosServerState;
  label: string;
  /** What an exchange that works is known by; null = by what somebody has confirmed. */
  evidence: string | null;
  isParked: boolean;
  /** What is being done to it, and where that is followed. */
  activity: DialogLink | null;
  organizationName: string;
  /** `CrmId 100237` */
  crmId: string;
  name: string;
  address: string;
  isUnprotected: boolean;
  clockWarning: string | null;
  version: string | null;
  /** What stands in the place of a version that is not known. */
  noVersion: string;
  /** The version that it should have; null when its own will do. */
  required: { version: string; text: string } | null;
  lastUpdate: AgeCell;
  lastSync: AgeCell;
  error: string | null;
  links: DialogLinks;
}

/**
 * Puts what the database knows of POS servers into the words of the page.
 * @returns a function for each of them; what all rows say alike is said once.
 */
export function createRowModel(
  viewer: Viewer,
  requiredVersion: string | null,
  now: number,
): (posServer: KnownPosServer, activity?: Activity) => PosServerRow {
  const { t, format } = viewer;
  const words = {
    noAddress: t("posServers.noAddress"),
    dialsOut: t("posServers.dialsOut"),
    versionUnknown: t("posServers.versionUnknown"),
    neverUpdated: t("posServers.neverUpdated"),
    neverSynced: t("posServers.neverSynced"),
    logs: t("posServers.getLogs"),
    serviceStart: t("serviceStart.submit"),
    reset: t("posServers.resetDatabase"),
    guess: t("evidence.guess"),
  };
  const required = requiredVersion && {
    version: requiredVersion,
    text: t("posServers.updateTo", { version: requiredVersion }),
  };

  const labelOf = saidOnce((state: string) => t(`state.${state}`));
  const crmIdOf = saidOnce((crmId: string) => t("posServers.crmId", { crmId }));

  return (posServer, activity) => {
    const { id, version, lastUpdateAt } = posServer;
    return {
      id,
      url: `/pos-servers/${id}`,
      state: posServer.state,
      label: shownLabel(posServer),
      evidence: posServer.parked !== 1 && worksByGuess(posServer) ? words.guess : null,
      isParked: posServer.parked === 1,
      activity: activity ? activityInWords(activity, viewer, now) : null,
      organizationName: posServer.organizationName,
      crmId: crmIdOf(posServer.crmId),
      name: posServer.name,
      address: addressOf(posServer),
      isUnprotected: isUnprotected(posServer),
      clockWarning: clockWarning(posServer.clockShiftMs, viewer),
      version,
      noVersion: lastUpdateAt === null ? NOTHING : words.versionUnknown,
      required: required && isBelow(version, required.version) ? required : null,
      lastUpdate: ageCell(lastUpdateAt, words.neverUpdated),
      lastSync: ageCell(posServer.lastSyncAt, lastUpdateAt === null ? NOTHING : words.neverSynced),
      error: shownError(posServer, viewer),
      links: dialogLinks(posServer, activity),
    };
  };

  function shownLabel(posServer: KnownPosServer): string {
    if (posServer.parked === 1) return labelOf("parked");
    return posServer.state === "closed" ? closingInWords(viewer, posServer, now) : labelOf(posServer.state);
  }

  function ageCell(at: number | null, missing: string): AgeCell {
    if (at === null) return { text: missing, at: null, isMissing: true };
    return { ...format.age(at, now), isMissing: false };
  }

  function addressOf({ connection, address }: KnownPosServer): string {
    if (connection === "dial_out") return words.dialsOut;
    return address ? shortAddress(address) : words.noAddress;
  }

  function dialogLinks(posServer: KnownPosServer, activity?: Activity) {
    const { id, state, serviceState } = posServer;
    if (!canBeCalled(posServer) || state === "unsupported") return NO_LINKS;
    const link = (resource: string, text: string) => ({ url: `/pos-servers/${id}/${resource}/new`, text });
    const canStart = serviceState === "stopped" && isStartAwaited(activity);
    return {
      logs: link("log-requests", words.logs),
      serviceStart: canStart ? link("service-starts", words.serviceStart) : null,
      reset: activity?.kind === "reset" ? null : link("database-resets", words.reset),
    };
  }
}

/** Keeps what is said of a value: finding words costs more than all else in a row. */
function saidOnce(say: (value: string) => string): (value: string) => string {
  const said = new Map<string, string>();
  return (value) => {
    const known = said.get(value);
    if (known !== undefined) return known;
    const words = say(value);
    said.set(value, words);
    return words;
  };
}

function activityInWords(activity: Activity, { t, format }: Viewer, now: number): DialogLink {
  const { awaitedUntil } = activity;
  if (awaitedUntil !== null) {
    const url =
      activity.kind === "reset" ? `/database-resets/${activity.id}` : `/service-starts/${activity.id}`;
    return { url, text: t(`agentAwaited.inRow.${activity.kind}`, { time: format.clock(awaitedUntil, now) }) };
  }
  return activity.kind === "reset"
    ? { url: `/database-resets/${activity.id}`, text: t(`databaseReset.inRow.${activity.step}`) }
    : { url: `/service-starts/${activity.id}`, text: t("serviceStart.inRow") };
}

/** While a reset is at work it starts the service itself. */
function isStartAwaited(activity: Activity | undefined): boolean {
  return activity === undefined || (activity.kind === "reset" && activity.step === "awaiting_start");
}

/** The last sync error; of an unreachable POS server why it cannot be polled. */
export function shownError(posServer: KnownPosServer, { t }: Pick<Viewer, "t">): string | null {
  if (posServer.state === "closed") return null;
  if (posServer.state !== "unreachable") return posServer.syncError;
  if (!posServer.failureCode) return null;
  const words = t(`failure.${posServer.failureCode}`);
  const detail = posServer.failureDetail;
  return withDetail(t, words, detail);
}

/** A positive shift moves reported times forward: the POS server's clock is behind. */
function clockWarning(shiftMs: number | null, { t, format }: Viewer): string | null {
  if (shiftMs === null || Math.abs(shiftMs) <= CLOCK_TOLERANCE_MS) return null;
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
