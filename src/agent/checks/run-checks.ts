import { once } from "node:events";
import type { CheckId, ReportedCheck, ServiceState } from "../../protocol/status-report.ts";
import type { DiskSpace } from "../database/database-files.ts";
import { failureOf } from "./connect.ts";

const TIMEOUT_MS = 10_000;
const MAX_VALUE_LENGTH = 256;
const MAX_DETAIL_LENGTH = 512;
const LITTLE_DISK_BYTES = 1024 ** 3;

export interface CheckResult {
  outcome: ReportedCheck["outcome"];
  value?: string | null;
  milliseconds?: number | null;
  /** Why: a word such as `address_not_set` or `ECONNREFUSED`, perhaps with more after a colon. */
  detail?: string | null;
}

/** One check of what an exchange needs; `run` must give up when `signal` is aborted. */
export interface Check {
  id: CheckId;
  run(signal: AbortSignal): Promise<CheckResult>;
}

export const ADDRESS_NOT_SET = { outcome: "unknown", detail: "address_not_set" } as const;
export const NOT_TOLD = { outcome: "unknown", detail: "not_told" } as const;

export type RunningChecks = ReturnType<typeof createRunningChecks>;

interface KnownToReport {
  service: { state: ServiceState } | null;
  disk: DiskSpace | null;
}

/** Runs all checks at intervals; a slow one holds up no other. */
export function createRunningChecks(checks: readonly Check[], everyMs: number) {
  const found = new Map<string, ReportedCheck>();
  const closing = new AbortController();
  let round: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function runOne(check: Check): Promise<void> {
    const result = await runCheck(check, closing.signal);
    if (!closing.signal.aborted) found.set(check.id, result);
  }

  function runAll(): void {
    round ??= Promise.all(checks.map(runOne)).then(() => {
      round = null;
    });
  }

  return {
    start(): void {
      runAll();
      timer = setInterval(runAll, everyMs);
    },
    /** The latest results, in the order of the checks, without those that have not ended yet. */
    results: (): ReportedCheck[] =>
      checks.map(({ id }) => found.get(id)).filter((result) => result !== undefined),
    async close(): Promise<void> {
      clearInterval(timer);
      closing.abort();
      await round;
    },
  };
}

/** Runs one check; one that fails or takes too long is `unknown`, with the reason. */
export async function runCheck(check: Check, signal?: AbortSignal): Promise<ReportedCheck> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const limit = signal ? AbortSignal.any([timeout, signal]) : timeout;
  const aborted = once(limit, "abort").then(() => Promise.reject(limit.reason));
  const result = await Promise.race([check.run(limit), aborted]).catch(
    (error: Error): CheckResult => ({
      outcome: "unknown",
      detail: timeout.aborted ? "timeout" : failureOf(error),
    }),
  );
  return {
    id: check.id,
    outcome: result.outcome,
    value: result.value?.slice(0, MAX_VALUE_LENGTH) ?? null,
    milliseconds: result.milliseconds ?? null,
    at: new Date().toISOString(),
    detail: result.detail?.slice(0, MAX_DETAIL_LENGTH) ?? null,
  };
}

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
