import type { PosServer } from "../pos-client/calls/pos-server.ts";

type WayToCall = Pick<PosServer, "connection" | "address">;

/** Whether a POS server is reached somehow, sooner or later. */
export function canBeCalled({ connection, address }: WayToCall): boolean {
  return connection === "dial_out" || address !== null;
}

/** Whether everybody on the way can read and change what is said to it. */
export function isUnprotected({ connection, address }: WayToCall): boolean {
  return connection === "direct" && (address?.startsWith("http://") ?? false);
}
