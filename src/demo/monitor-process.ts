import type { Config } from "../monitor/config.ts";
import { runAsDemoChild } from "./child-process.ts";
import { type DemoMonitor, type MonitoredChain, startMonitor } from "./monitor.ts";

export interface MonitorStart {
  config: Config;
  /** Secrets; null when an earlier process has already entered it. */
  chain: MonitoredChain | null;
}

/** Sent when the monitor listens. */
export type MonitorReady = Pick<DemoMonitor, "enrolmentCode">;

runAsDemoChild<MonitorStart, MonitorReady>(async ({ config, chain }) => {
  const { enrolmentCode, close } = await startMonitor(config, chain, true);
  return { ready: { enrolmentCode }, close };
});
