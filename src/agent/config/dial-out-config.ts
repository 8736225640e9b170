import { isIP } from "node:net";
import { configTexts } from "../texts/config-texts.ts";
import type { AgentConfigFile } from "./config-schema.ts";

/** How the agent dials out to the monitor. */
export interface DialOutConfig {
  /** `https://host:port/path` of the monitor, without a trailing slash; `http://` only of this machine. */
  monitor: string;
  /** Of the monitor's public key, `sha256:<hex>`: any of them; empty = the system's authorities decide. */
  pins: string[];
  /** Address of an HTTP proxy, `none`, or null where the environment decides. */
  proxy: string | null;
}

/** Checks what a schema cannot; adds what is wrong to `problems`. */
export function parseDialOutConfig(
  file: AgentConfigFile["dialOut"],
  problems: string[],
): DialOutConfig | null {
  if (!file) return null;
  const url = URL.parse(file.monitor);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username || url.search || url.hash)
    problems.push(configTexts.problem("/dialOut/monitor", configTexts.monitorAddress));
  else if (url.protocol === "http:" && !isThisMachine(url.hostname))
    problems.push(configTexts.problem("/dialOut/monitor", configTexts.monitorWithoutTls));
  const proxy = file.proxy ?? null;
  if (proxy !== null && proxy !== "none" && !/^https?:$/.test(URL.parse(proxy)?.protocol ?? ""))
    problems.push(configTexts.problem("/dialOut/proxy", configTexts.proxyAddress));
  return { monitor: file.monitor.replace(/\/+$/, ""), pins: file.pins ?? [], proxy };
}

function isThisMachine(hostname: string): boolean {
  if (hostname === "localhost" || hostname === "[::1]") return true;
  return isIP(hostname) === 4 && hostname.startsWith("127.");
}
