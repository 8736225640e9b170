import { createHmac } from "node:crypto";

/**
 * Signs a body, with its time, so that nobody can send it again later: `t=<unix seconds>,v1=<hex>`, where the hex is the HMAC-SHA256 of
 * `<t>.<body>` by the secret.
 * @param at ms UTC.
 */
export function signBody(body: string, secret: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${signature}`;
}
