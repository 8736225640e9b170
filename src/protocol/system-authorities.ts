import { getCACertificates } from "node:tls";

/** PEMs of the authorities that Node knows, and of those that this machine's administrator has added. */
export function systemAuthorities(): string[] {
  return [...getCACertificates("default"), ...getCACertificates("system")];
}
