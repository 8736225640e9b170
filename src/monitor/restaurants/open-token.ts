import { failureOf, type PosFailure } from "../pos-client/calls/failure.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** The same as when the POS server refuses it: it has to be paired again. */
const UNREADABLE_TOKEN = failureOf(
  "unauthorized",
  "the stored token cannot be read with the key of this data folder",
);

/** A token of the registry, null = none; or the failure of its POS server without it, and the cause. */
type OpenedToken = { ok: true; token: string | null } | { ok: false; failure: PosFailure; cause: unknown };

/** Opens a token of the registry, which may have been sealed with the key of another data folder. */
export function openToken(secretBox: SecretBox, sealedToken: Uint8Array | null): OpenedToken {
  try {
    return { ok: true, token: sealedToken && secretBox.open(sealedToken) };
  } catch (cause) {
    return { ok: false, failure: UNREADABLE_TOKEN, cause };
  }
}

/** Opens a token for changing the registry: null also where it cannot be read, so that a new one can replace it. */
export function readableToken(secretBox: SecretBox, sealedToken: Uint8Array | null): string | null {
  const opened = openToken(secretBox, sealedToken);
  return opened.ok ? opened.token : null;
}
