import { createSecureContext, type SecureContext } from "node:tls";
import { systemAuthorities } from "../../protocol/system-authorities.ts";

let ofSystem: SecureContext | undefined;

/**
 * What a certificate has to be vouched for by: the authorities that are named (PEM), instead of those of the system, or else those.
 * What is no certificate vouches for nobody.
 */
export function trustIn(authorities = ""): SecureContext {
  if (authorities.trim() !== "") return createSecureContext({ ca: authorities });
  // Shared: making one costs more than the handshake it serves.
  ofSystem ??= createSecureContext({ ca: systemAuthorities() });
  return ofSystem;
}
