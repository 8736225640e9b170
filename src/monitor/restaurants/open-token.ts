import { failureOf, type PosFailure } from "../pos-client/calls/failure.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** As when the POS server refuses it: pairing anew is what helps. */
const UNREADABLE_TOKEN = failureOf(
  "unauthorized",
  "the stored token cannot be read with the key of this data folder",
);

/** A token of the registry, null = none; or the failure that its POS server has without it, and why. */
export type OpenedToken =
  | { ok: true; token: string | null }
  | { ok: false; failure: PosFailure; cause: unknown };

/** Opens a token of the registry, which may have been sealed with the key of another data folder. */
export function openToken(secretBox: SecretBox, sealedToken: Uint8Array | null): OpenedToken {
  try {
    return { ok: true, token: sealedToken && secretBox.open(sealedToken) };
  } catch (cause) {
    return { ok: false, failure: UNREADABLE_TOKEN, cause };
  }
}

/** Likewise for whoever changes the registry: one that cannot be read is none, so that a new one can take its place. */
export function readableToken(secretBox: SecretBox, sealedToken: Uint8Array | null): string | null {
  const opened = openToken(secretBox, sealedToken);
  return opened.ok ? opened.token : null;
}
