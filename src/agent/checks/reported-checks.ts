import type { ReportedCheck, ServiceState } from "../../protocol/status-report.ts";
import type { DiskSpace } from "../machine/disk-space.ts";

/** With less than this a database soon cannot grow. */
const LITTLE_DISK_BYTES = 1024 ** 3;

/** What a report knows anyway. */
export interface KnownToReport {
  service: { state: ServiceState } | null;
  disk: DiskSpace | null;
}

/** The checks that follow from what a report knows anyway; without it they are unknown. */
export function reportedChecks({ service, disk }: KnownToReport, at: string): ReportedCheck[] {
  return [
    { id: "service", at, ...judgeService(service) },
    { id: "disk", at, ...judgeDisk(disk) },
  ];
}

type Judged = Pick<ReportedCheck, "outcome" | "value" | "detail">;

function judgeService(service: KnownToReport["service"]): Judged {
  if (service === null || service.state === "unknown") return { outcome: "unknown", value: null };
  return { outcome: service.state === "running" ? "ok" : "failed", value: service.state };
}

function judgeDisk(disk: KnownToReport["disk"]): Judged {
  if (disk === null) return { outcome: "unknown", value: null };
  const isLittle = disk.freeBytes < LITTLE_DISK_BYTES;
  return {
    outcome: isLittle ? "failed" : "ok",
    value: String(disk.freeBytes),
    detail: isLittle ? "little" : null,
  };
}
