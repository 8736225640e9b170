import type { Config } from "../monitor/config.ts";
import { runAsDemoChild } from "./child-process.ts";
import { type MonitoredChain, startMonitor } from "./monitor.ts";

/** First message from the parent. */
export interface MonitorStart {
  config: Config;
  /** Secrets; null when an earlier process has already entered it. */
  chain: MonitoredChain | null;
}

/** Answer when the monitor listens. */
export interface MonitorReady {
  url: string;
  /** A secret. */
  enrolmentCode: string | null;
}

runAsDemoChild<MonitorStart, MonitorReady>(async ({ config, chain }) => {
  const { url, enrolmentCode, close } = await startMonitor({ config, chain, isDevelopment: true });
  return { ready: { url, enrolmentCode }, close };
});
