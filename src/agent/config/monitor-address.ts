import { isIP } from "node:net";
import { configTexts } from "../texts/config-texts.ts";

/** What is wrong with an address of the monitor, in Russian; null = nothing. Over plain HTTP anybody could read the token. */
export function explainMonitorAddress(monitor: string): string | null {
  const url = URL.parse(monitor);
  if (!url || !["http:", "https:"].includes(url.protocol) || url.username || url.search || url.hash)
    return configTexts.monitorAddress;
  if (url.protocol === "http:" && !isThisMachine(url.hostname)) return configTexts.monitorWithoutTls;
  return null;
}

function isThisMachine(hostname: string): boolean {
  if (hostname === "localhost" || hostname === "[::1]") return true;
  return isIP(hostname) === 4 && hostname.startsWith("127.");
}
