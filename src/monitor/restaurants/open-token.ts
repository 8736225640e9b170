import { failureOf, type PosFailure } from "../pos-client/calls/failure.ts";
import type { SecretBox } from "../secrets/secret-box.ts";

/** As when the POS server refuses the token: it has to be paired again. */
const UNREADABLE_TOKEN = failureOf(
  "unauthorized",
  "the stored token cannot be read with the key of this data folder",
);

/** null = no token. */
type OpenedToken = { ok: true; token: string | null } | { ok: false; failure: PosFailure; cause: unknown };

/** A token may have been sealed with the key of another data folder. */
export function openToken(secretBox: SecretBox, sealedToken: Uint8Array | null): OpenedToken {
  try {
    return { ok: true, token: sealedToken && secretBox.open(sealedToken) };
  } catch (cause) {
    return { ok: false, failure: UNREADABLE_TOKEN, cause };
  }
}

/** For changes of the registry: an unreadable token counts as none, so that a new one can replace it. */
export function readableToken(secretBox: SecretBox, sealedToken: Uint8Array | null): string | null {
  const opened = openToken(secretBox, sealedToken);
  return opened.ok ? opened.token : null;
}
