import type { PosServer } from "../pos-client/calls/pos-server.ts";

export type WayToCall = Pick<PosServer, "connection" | "address">;

export function canBeCalled({ connection, address }: WayToCall): boolean {
  return connection === "dial_out" || address !== null;
}

export function isUnprotected({ connection, address }: WayToCall): boolean {
  return connection === "direct" && (address?.startsWith("http://") ?? false);
}
