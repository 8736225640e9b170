/** How calls reach a POS server: by its address, or over the connection that its agent keeps to the monitor. */
export type Connection = "direct" | "dial_out";

/** A POS server as the registry knows it: all that a call needs. */
export interface PosServer {
  id: number;
  connection: Connection;
  /** Base URL, `https://host:port/path` or `http://…`; null = it cannot be called at an address. */
  address: string | null;
  token: string | null;
  /** Pinned certificate, `sha256:<hex>`; null = the system's authorities decide. */
  fingerprint: string | null;
  /** The identity from pairing or its first report; null = any is accepted. */
  posServerId: string | null;
  /** CrmId of its organization in the registry; a report bound to another one fails as `wrong_crm_id`. */
  crmId: string;
}
