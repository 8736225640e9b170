import * as http from "node:http";
import * as https from "node:https";
import { addressFromHere } from "../../protocol/monitor-address.ts";
import type { Config } from "../config.ts";

const TIMEOUT_MS = 5_000;

/** Where this machine reaches the pages. */
export function ownUrl({ host, port, tls }: Config): string {
  const address = addressFromHere(host);
  return `${tls ? "https" : "http"}://${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** Whether a monitor with this configuration answers `/readyz` with 200; its certificate may be for another name. */
export async function isReady(config: Config): Promise<boolean> {
  const options = { timeout: TIMEOUT_MS, rejectUnauthorized: false, agent: false };
  return await new Promise((resolve) => {
    const request = (config.tls ? https : http).get(`${ownUrl(config)}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
