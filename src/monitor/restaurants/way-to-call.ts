import type { PosServer } from "../pos-client/calls/pos-server.ts";

type WayToCall = Pick<PosServer, "connection" | "address">;

/** Whether there is a way to reach a POS server. */
export function canBeCalled({ connection, address }: WayToCall): boolean {
  return connection === "dial_out" || address !== null;
}

/** Whether a POS server is called without encryption. */
export function isUnprotected({ connection, address }: WayToCall): boolean {
  return connection === "direct" && (address?.startsWith("http://") ?? false);
}
