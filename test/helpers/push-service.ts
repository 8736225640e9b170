import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from "node:crypto";
import type { ServerResponse } from "node:http";
import type { PushPayload } from "../../src/monitor/notifications/channels/push/kind.ts";
import type { Owner } from "./owner.ts";
import { listenWebhook } from "./webhook-server.ts";

/** A push service, which takes everything unless told. */
export function listenPushService(
  t: Owner,
  answer: (response: ServerResponse) => void = (response) => response.writeHead(201).end(),
) {
  return listenWebhook(t, answer);
}

/** A browser that has subscribed somewhere. */
export interface SubscribedBrowser {
  target: { endpoint: string; p256dh: string };
  secrets: { auth: string };
  /** Reads what was sent to it, as RFC 8188 and RFC 8291 say. @throws Error when it is for another one. */
  open(body: Buffer): PushPayload;
}

export function subscribeBrowser(endpoint: string): SubscribedBrowser {
  const keys = createECDH("prime256v1");
  const p256dh = keys.generateKeys();
  const auth = randomBytes(16);
  return {
    target: { endpoint, p256dh: p256dh.toString("base64url") },
    secrets: { auth: auth.toString("base64url") },
    open: (body) => JSON.parse(decrypt(body, keys, auth)),
  };
}

function decrypt(body: Buffer, keys: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const keyEnd = 21 + body.readUInt8(20);
  const sender = body.subarray(21, keyEnd);
  const derive = (secret: Uint8Array, by: Uint8Array, info: Uint8Array | string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", secret, by, info, bytes));
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
  const secret = derive(keys.computeSecret(sender), auth, info, 32);
  const key = derive(secret, salt, "Content-Encoding: aes128gcm\0", 16);
  const nonce = derive(secret, salt, "Content-Encoding: nonce\0", 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(body.subarray(-16));
  const record = Buffer.concat([decipher.update(body.subarray(keyEnd, -16)), decipher.final()]);
  const end = record.findLastIndex((byte) => byte !== 0);
  if (record[end] !== 2) throw new Error("The last record does not say that it is the last");
  return record.toString("utf8", 0, end);
}

/** Reads the header by which a sender says who it is, as RFC 8292 says. @returns its key and its claims, or null when the signature is wrong. */
export function readVapid(authorization = ""): { publicKey: string; claims: Record<string, unknown> } | null {
  const [, head = "", claims = "", signature = "", publicKey = ""] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(publicKey, "base64url");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
  if (point.length !== 65 || !x || !y) return null;
  const key = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
  const signed = Buffer.from(`${head}.${claims}`);
  const isRight = verify(
    "sha256",
    signed,
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  return isRight ? { publicKey, claims: JSON.parse(Buffer.from(claims, "base64url").toString()) } : null;
}
