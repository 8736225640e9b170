import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../../protocol/error-text.ts";
import type { ServiceState } from "../../protocol/status-report.ts";
import { CommandFailedError } from "../commands/command-failed-error.ts";
import type { ServiceControl, ServiceStatus } from "./service-control.ts";

const LOOK_EVERY_MS = 250;
/** A service that still runs this long after it was asked to stop is asked again. */
const ASK_AGAIN_MS = 10_000;

const STATES_AFTER: Record<"start" | "stop", ServiceState[]> = {
  start: ["starting", "running"],
  stop: ["stopping", "stopped"],
};

export interface ServiceWait {
  control: ServiceControl;
  timeoutMs: number;
  signal: AbortSignal;
  onState?(state: ServiceState): void;
}

/** Stops the service, whatever its state, and waits until its process has ended too. @throws CommandFailedError */
export async function stopService(wait: ServiceWait): Promise<void> {
  let askedAt: number | null = null;
  let leftProcessId: number | null = null;

  async function isStopped(status: ServiceStatus): Promise<boolean> {
    // The system no longer names the process of a stopped service, even while it still runs.
    leftProcessId = status.processId ?? leftProcessId;
    if (leftProcessId !== null && !isProcessAlive(leftProcessId)) leftProcessId = null;
    if (status.state === "stopped" && leftProcessId === null) return true;
    const isToBeAsked = status.state === "running" || status.state === "unknown" || isPaused(status);
    if (isToBeAsked && (askedAt === null || performance.now() - askedAt >= ASK_AGAIN_MS)) {
      askedAt = performance.now();
      await ask("stop", status.name, wait.control);
    }
    return false;
  }

  const last = await waitUntil(isStopped, wait);
  if (last === null) return;
  const left = leftProcessId === null ? "" : `, and its process ${leftProcessId} has not ended`;
  throw new CommandFailedError("stop_timeout", `not stopped within ${wait.timeoutMs} ms: ${last}${left}`);
}

/** Starts the service unless it runs, and waits until it runs. @throws CommandFailedError */
export async function startService(wait: ServiceWait): Promise<void> {
  let isAsked = false;
  let wasStarting = false;

  async function isRunning({ name, state }: ServiceStatus): Promise<boolean> {
    if (state === "running") return true;
    if (state === "starting") wasStarting = true;
    else if (wasStarting && state === "stopped")
      throw new CommandFailedError(
        "start_failed",
        "it began to start, and stopped again; its own log says why",
      );
    if (!isAsked && (state === "stopped" || state === "unknown")) {
      isAsked = true;
      await ask("start", name, wait.control);
    }
    return false;
  }

  const last = await waitUntil(isRunning, wait);
  if (last === null) return;
  throw new CommandFailedError("start_timeout", `not running within ${wait.timeoutMs} ms: ${last}`);
}

/** @returns null when `isThere` came true, otherwise the last seen state. */
async function waitUntil(
  isThere: (status: ServiceStatus) => Promise<boolean>,
  { control, timeoutMs, signal, onState }: ServiceWait,
): Promise<string | null> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const status = await look(control);
    if (status instanceof Error) {
      if (performance.now() >= deadline) return status.message;
    } else {
      onState?.(status.state);
      if (status.state === "not_installed")
        throw new CommandFailedError("service_not_installed", `there is no service ${status.name}`);
      if (await isThere(status)) return null;
      if (performance.now() >= deadline) return `it is ${status.state}`;
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** A single failure proves nothing; only the deadline does. */
async function look(control: ServiceControl): Promise<ServiceStatus | Error> {
  return await control
    .status()
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

/** A refusal does not count when somebody else has just asked for the same. */
async function ask(verb: "start" | "stop", name: string, control: ServiceControl): Promise<void> {
  try {
    await control[verb](name);
  } catch (error) {
    const status = await look(control);
    if (!(status instanceof Error) && STATES_AFTER[verb].includes(status.state) && !isPaused(status)) return;
    throw new CommandFailedError(`${verb}_failed`, errorText(error), { cause: error });
  }
}

/** A paused service counts as stopped, but has a process. */
function isPaused({ state, processId }: ServiceStatus): boolean {
  return state === "stopped" && processId !== null;
}

function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
