import { adviceOn, CLOCK_TOLERANCE_MS } from "../fleet/causes.ts";
import type { PosCheck } from "../fleet/pos-checks.ts";
import type { PosServerRow } from "../pos-servers/row-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { canBeCalled } from "../restaurants/pos-server-to-call.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type Finding, holdersOf, noticedInWords, notKnown, whyInWords } from "./check.ts";

/** With less than this a database soon cannot grow. */
const LITTLE_DISK_BYTES = 1024 ** 3;

const FORMATS: Record<string, string> = { sqlite: "SQLite", sql_server: "SQL Server", sql_ce: "SQL CE" };

/** The report, and the check in question. */
export interface Reported {
  viewer: Viewer;
  posServer: ShownPosServer;
  check: PosCheck | undefined;
  now: number;
}

/** A POS server that never answered: where it is called, and how that failed. */
export function connectionFinding({ t }: Viewer, posServer: ShownPosServer): Finding {
  const { connection, address, failureCode } = posServer;
  if (!canBeCalled(posServer)) return { status: "unknown", value: t("posServer.why.addressNotSet") };
  const note =
    connection === "dial_out" ? t("posServers.dialsOut") : (URL.parse(address ?? "")?.host ?? address);
  return failureCode === null
    ? { status: "unknown", value: t("posServer.noData"), note }
    : { status: "failed", value: t(`failure.${failureCode}`), note };
}

export function serviceFinding({ viewer, posServer, check, now }: Reported): Finding {
  const { t, format } = viewer;
  const { serviceState, serviceName, serviceStartedAt } = posServer;
  if (serviceState === null || serviceState === "unknown") {
    return { ...notKnown(viewer, check), note: serviceName };
  }
  const isRunning = serviceState === "running";
  const since =
    isRunning && serviceStartedAt !== null
      ? t("posServer.since", { time: format.time(serviceStartedAt, now) })
      : null;
  const words = t(`posServer.service.${serviceState}`);
  const isFailed = !isRunning && serviceState !== "starting";
  return {
    status: isRunning ? "ok" : isFailed ? "failed" : "warning",
    value: isFailed && check?.outcome === "failed" ? noticedInWords(viewer, words, check.since, now) : words,
    note: [serviceName, since].filter(Boolean).join(", "),
  };
}

export function databaseFinding({ viewer, posServer, check, now }: Reported): Finding {
  const { t, format } = viewer;
  const { databaseExists, databaseBytes, databaseCreatedAt } = posServer;
  const size = databaseBytes === null ? null : format.bytes(databaseBytes);
  const created =
    databaseCreatedAt === null
      ? null
      : t("posServer.createdAt", { time: format.day(databaseCreatedAt, now) });
  const held = holdersOf(check);
  const note = [
    Object.hasOwn(FORMATS, check?.value ?? "") ? FORMATS[check?.value ?? ""] : null,
    size,
    created,
    held &&
      t(held.isGuess ? "posServer.databaseHeldPerhaps" : "posServer.databaseHeld", { holder: held.programs }),
  ]
    .filter(Boolean)
    .join(", ");
  if (check?.outcome === "failed") {
    const words = whyInWords(viewer, check.detail) ?? t("posServer.status.failed");
    return { status: "failed", value: noticedInWords(viewer, words, check.since, now), note };
  }
  if (databaseExists === 0) return { status: "failed", value: t("posServer.why.missing") };
  // The agent does not look into the file; a fault inside is known from the service's log.
  const cause = adviceOn(posServer)?.cause;
  if (cause === "database_damaged" || cause === "database_held")
    return { status: "failed", value: t(`posServer.inLog.${cause}`), note };
  if (check ? check.outcome === "unknown" : databaseExists === null)
    return { ...notKnown(viewer, check), note };
  return { status: "ok", value: t("posServer.databaseThere"), note };
}

export function clockFinding({ viewer, posServer, check, now }: Reported): Finding {
  const { t, format } = viewer;
  const { clockShiftMs } = posServer;
  const aheadSeconds = check?.outcome === "unknown" ? null : check?.value;
  const aheadOfServerMs = Number(aheadSeconds ?? Number.NaN) * 1_000;
  const isServerKnown = Number.isFinite(aheadOfServerMs);
  if (check?.outcome === "failed" && isServerKnown) {
    return {
      status: "failed",
      value: noticedInWords(viewer, offInWords(viewer, aheadOfServerMs), check.since, now),
      note: t("posServer.clockByServer"),
    };
  }
  if (clockShiftMs === null) return notKnown(viewer, check);
  const isRight = Math.abs(clockShiftMs) <= CLOCK_TOLERANCE_MS;
  return {
    status: isRight ? "ok" : "failed",
    value: offInWords(viewer, -clockShiftMs),
    note: isServerKnown
      ? t("posServer.clockOffServer", { seconds: format.number(Math.abs(aheadOfServerMs) / 1_000) })
      : t("posServer.clockTolerance", { duration: format.duration(CLOCK_TOLERANCE_MS) }),
  };
}

function offInWords({ t, format }: Viewer, aheadMs: number): string {
  const offMs = Math.abs(aheadMs);
  if (offMs < 1_000) return t("posServer.clockRight");
  return t(aheadMs < 0 ? "posServer.clockBehind" : "posServer.clockAhead", {
    duration: format.elapsed(offMs),
  });
}

export function diskFinding({ viewer, posServer, check, now }: Reported): Finding {
  const { t, format } = viewer;
  const { diskFreeBytes, diskTotalBytes } = posServer;
  if (diskFreeBytes === null || diskTotalBytes === null) return notKnown(viewer, check);
  const [free, total] = [format.bytes(diskFreeBytes), format.bytes(diskTotalBytes)];
  const isLittle = check?.outcome === "failed" || diskFreeBytes < LITTLE_DISK_BYTES;
  const note =
    check?.outcome === "failed"
      ? noticedInWords(viewer, t("posServer.diskLittleSince"), check.since, now)
      : t("posServer.diskLittle");
  return {
    status: isLittle ? "failed" : "ok",
    value: t("posServer.diskFree", { free, total }),
    note: isLittle ? note : null,
  };
}

export function versionFinding(
  viewer: Viewer,
  { state, versionReportedAt }: ShownPosServer,
  { version, required }: PosServerRow,
  now: number,
): Finding {
  const { t, format } = viewer;
  if (version === null) return notKnown(viewer, undefined);
  if (versionReportedAt !== null) {
    const note = t("posServer.versionReportedAt", { time: format.clock(versionReportedAt, now) });
    return { status: "unknown", value: version, note };
  }
  if (state === "unsupported")
    return { status: "failed", value: version, note: t("posServer.versionUnsupported") };
  if (required)
    return {
      status: "warning",
      value: version,
      note: t("posServer.updateNeeded", { version: required.version }),
    };
  return { status: "ok", value: version, note: t("posServer.noUpdate") };
}
