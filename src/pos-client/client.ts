import type { StatusReport } from "../protocol/status-report.ts";
import type { PosFailure } from "./failure.ts";

/** A POS server as the registry knows it: all that a call needs. */
export interface PosServer {
  id: number;
  /** Base URL, `https://host:port/path` or `http://…`; null while it has no way to be called. */
  address: string | null;
  token: string | null;
  /** Pinned certificate, `sha256:<hex>`; null = the system's authorities decide. */
  fingerprint: string | null;
  /** Identity it was paired with; null = not paired, any identity is accepted. */
  posServerId: string | null;
  /** CrmId of its organization in the registry; a report bound to another one fails as `wrong_crm_id`. */
  crmId: string;
}

/** How one poll ended; `receivedAt` is the monitor's clock in ms UTC at that moment. */
export type StatusOutcome =
  | { ok: true; report: StatusReport; receivedAt: number }
  | { ok: false; failure: PosFailure; receivedAt: number };

/** Calls to POS servers. It takes a POS server, not an address, so that a later transport can dial out. */
export interface PosClient {
  /**
   * One poll. Whatever a POS server or the way to it does wrong is an outcome. A rejection says nothing about the
   * POS server: the client was closed (`PosClientClosedError`) or has a defect, which is to be logged.
   */
  fetchStatus(posServer: PosServer): Promise<StatusOutcome>;
  /** Says how many POS servers are polled; connections are kept from then on while there are not too many. */
  setFleetSize(posServerCount: number): void;
  /** Closes what is kept for a POS server that was changed or removed, by its registry id; a call under way goes on. */
  forget(id: number): void;
  /** Ends every call and closes every connection. */
  close(): Promise<void>;
}
