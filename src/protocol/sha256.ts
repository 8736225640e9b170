import Type from "typebox";

/** `sha256:` and 64 lower-case hexadecimal digits, of a certificate, a public key or a configuration. */
export const SHA256 = /^sha256:[0-9a-f]{64}$/;
export const Sha256 = Type.String({ pattern: SHA256.source });
