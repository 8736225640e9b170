import type { PosServerConnection } from "../organizations/registry/registry.ts";

/** How a POS server is called whose agent dials in. */
export function dialledConnection(token: string | null, identity: string): PosServerConnection {
  return { connection: "dial_out", address: null, token, fingerprint: null, identity };
}
