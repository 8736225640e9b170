import { getCACertificates } from "node:tls";

/** PEMs of the authorities that Node knows and of those that the administrator of this machine added to the system. */
export function systemAuthorities(): string[] {
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
