import { type MonitorAddressProblem, readMonitorAddress } from "../../protocol/monitor-address.ts";
import { readProxyAddress } from "../dial-out/proxy.ts";
import { configTexts } from "../texts/config-texts.ts";
import type { AgentConfigFile } from "./config-schema.ts";

/** How the agent is told to dial out to the monitor. */
export interface DialOutConfig {
  /** `https://host:port/path`, without a trailing slash; null = to the monitor that has let it in by a code. */
  monitor: string | null;
  /** Of the monitor's public key, `sha256:<hex>`: any of them; empty = those of the code, else the system's authorities decide. */
  pins: string[];
  /** Address of an HTTP proxy, `none`, or null where environment and Windows decide. */
  proxy: string | null;
}

/** Checks what a schema cannot; adds what is wrong to `problems`. */
export function parseDialOutConfig(
  file: AgentConfigFile["dialOut"],
  problems: string[],
): DialOutConfig | null {
  if (!file) return null;
  const { monitor = null, pins = [], proxy = null } = file;
  const read = monitor === null ? null : readMonitorAddress(monitor);
  if (read && "problem" in read)
    problems.push(configTexts.problem("/dialOut/monitor", explainMonitorAddress(read.problem)));
  if (monitor === null && pins.length > 0)
    problems.push(configTexts.problem("/dialOut/pins", configTexts.pinsWithoutMonitor));
  if (proxy !== null && proxy !== "none" && !readProxyAddress(proxy))
    problems.push(configTexts.problem("/dialOut/proxy", configTexts.proxyAddress));
  return { monitor: read && "address" in read ? read.address : null, pins, proxy };
}

/** Over plain HTTP anybody could read the token. */
function explainMonitorAddress(problem: MonitorAddressProblem): string {
  return problem === "without_tls" ? configTexts.monitorWithoutTls : configTexts.monitorAddress;
}
