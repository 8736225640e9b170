import { causeOf } from "../fleet/causes.ts";
import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import { CLOCK_TOLERANCE_MS, type PosServerRow } from "../pos-servers/row-model.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** With less than this a database soon cannot grow. */
const LITTLE_DISK_BYTES = 1024 ** 3;

/** `ok`, `failed` or `warning` as the last report tells; `unknown` is never shown as good. */
export type CheckStatus = "ok" | "failed" | "warning" | "unknown";

/** A line of «Проверка обмена». */
export interface Check {
  id: string;
  name: string;
  status: CheckStatus;
  /** For those who see no symbols. */
  statusText: string;
  value: string;
  note: string | null;
}

type Finding = Pick<Check, "status" | "value"> & { note?: string | null };

/** What the last report tells of the things an exchange needs; of a POS server that is not asked, or does not answer, nothing is known now. */
export function checksModel(
  viewer: Viewer,
  posServer: ShownPosServer,
  row: PosServerRow,
  now: number,
): Check[] {
  const { t } = viewer;
  const isKnownNow = posServer.state !== "unreachable" && !row.isParked;
  const check = (id: string, { note = null, ...found }: Finding): Check => {
    const status = isKnownNow ? found.status : "unknown";
    return {
      id,
      name: t(`posServer.check.${id}`),
      ...found,
      note,
      status,
      statusText: t(`posServer.status.${status}`),
    };
  };
  return [
    check("service", service(viewer, posServer, now)),
    check("database", database(viewer, posServer, now)),
    check("clock", clock(viewer, posServer)),
    check("disk", disk(viewer, posServer)),
    check("version", version(viewer, posServer, row)),
  ];
}

function unknown({ t }: Viewer): Finding {
  return { status: "unknown", value: t("posServer.noData") };
}

function service(viewer: Viewer, posServer: ShownPosServer, now: number): Finding {
  const { t, format } = viewer;
  const { serviceState, serviceName, serviceStartedAt } = posServer;
  if (serviceState === null || serviceState === "unknown") return { ...unknown(viewer), note: serviceName };
  const isRunning = serviceState === "running";
  const since =
    isRunning && serviceStartedAt !== null
      ? t("posServer.since", { time: format.time(serviceStartedAt, now) })
      : null;
  return {
    status: isRunning ? "ok" : serviceState === "starting" ? "warning" : "failed",
    value: t(`posServer.service.${serviceState}`),
    note: [serviceName, since].filter(Boolean).join(", "),
  };
}

function database(viewer: Viewer, posServer: ShownPosServer, now: number): Finding {
  const { t, format } = viewer;
  const { databaseExists, databaseBytes, databaseCreatedAt } = posServer;
  if (databaseExists === 0) return { status: "failed", value: t("posServer.databaseMissing") };
  const size = databaseBytes === null ? null : format.bytes(databaseBytes);
  const created =
    databaseCreatedAt === null
      ? null
      : t("posServer.createdAt", { time: format.day(databaseCreatedAt, now) });
  const note = [size, created].filter(Boolean).join(", ");
  // The agent knows the file by its outside only: what is broken inside, the service writes into its log.
  if (causeOf(posServer) === "database_damaged")
    return { status: "failed", value: t("posServer.databaseDamaged"), note };
  return databaseExists === null
    ? unknown(viewer)
    : { status: "ok", value: t("posServer.databaseThere"), note };
}

function clock(viewer: Viewer, { clockShiftMs }: ShownPosServer): Finding {
  const { t, format } = viewer;
  if (clockShiftMs === null) return unknown(viewer);
  const offMs = Math.abs(clockShiftMs);
  const duration = format.elapsed(offMs);
  const isRight = offMs <= CLOCK_TOLERANCE_MS;
  const direction = clockShiftMs > 0 ? "clockBehind" : "clockAhead";
  return {
    status: isRight ? "ok" : "failed",
    value: offMs < 1_000 ? t("posServer.clockRight") : t(`posServer.${direction}`, { duration }),
    note: t("posServer.clockTolerance", { duration: format.duration(CLOCK_TOLERANCE_MS) }),
  };
}

function disk(viewer: Viewer, { diskFreeBytes, diskTotalBytes }: ShownPosServer): Finding {
  const { t, format } = viewer;
  if (diskFreeBytes === null || diskTotalBytes === null) return unknown(viewer);
  const [free, total] = [format.bytes(diskFreeBytes), format.bytes(diskTotalBytes)];
  const isLittle = diskFreeBytes < LITTLE_DISK_BYTES;
  return {
    status: isLittle ? "failed" : "ok",
    value: t("posServer.diskFree", { free, total }),
    note: isLittle ? t("posServer.diskLittle") : null,
  };
}

function version(viewer: Viewer, { state }: ShownPosServer, { version, required }: PosServerRow): Finding {
  const { t } = viewer;
  if (version === null) return unknown(viewer);
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
