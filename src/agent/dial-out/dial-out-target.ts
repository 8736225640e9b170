/** The monitor to dial out to, and what it is recognized by. */
export interface DialOutTarget {
  /** `https://host:port/path`, without a trailing slash; `http://` only of this machine. */
  monitor: string;
  /** Of its public key, `sha256:<hex>`: any of them. */
  pins: string[];
  /** Whether it is also the right one when the system's authorities vouch for it. */
  trustsAuthorities: boolean;
  /** Address of an HTTP proxy, `none`, or null where environment and Windows decide. */
  proxy: string | null;
}
