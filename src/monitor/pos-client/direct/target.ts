import { isIP } from "node:net";
import { CallError } from "../calls/call-error.ts";
import type { PosServer } from "../calls/pos-server.ts";

/** The parsed address of a POS server, and its pinned certificate. */
export type Target = ReturnType<typeof readTarget>;

/** @throws CallError when the POS server has no address, or one that is neither http nor https. */
export function readTarget(posServer: PosServer) {
  const url = posServer.address ? URL.parse(posServer.address) : null;
  const isTls = url?.protocol === "https:";
  if (!url || (!isTls && url.protocol !== "http:")) {
    throw new CallError("connect_refused", "no http or https address");
  }
  const hostname = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
  return {
    id: posServer.id,
    isTls,
    /** `http://host:port`, as undici names it. */
    origin: url.origin,
    /** A name or a literal IP address without brackets. */
    hostname,
    isLiteralAddress: isIP(hostname) !== 0,
    port: url.port ? Number(url.port) : isTls ? 443 : 80,
    /** Base path without a trailing slash. */
    basePath: url.pathname.replace(/\/+$/, ""),
    fingerprint: posServer.fingerprint,
  };
}
