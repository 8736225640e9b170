import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import { text } from "node:stream/consumers";
import { addressFromHere } from "../../protocol/monitor-address.ts";
import type { Config } from "../config.ts";

const TIMEOUT_MS = 5_000;

/** Where this machine reaches the pages. */
export function ownUrl({ host, port, tls }: Config): string {
  const address = addressFromHere(host);
  return `${tls ? "https" : "http"}://${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** Asks a monitor with this configuration for `/readyz`; its certificate may be for another name. @returns why not; null = ready. */
export async function findUnready(config: Config): Promise<string | null> {
  const options = { signal: AbortSignal.timeout(TIMEOUT_MS), rejectUnauthorized: false, agent: false };
  try {
    const request = (config.tls ? https : http).get(`${ownUrl(config)}/readyz`, options);
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    const answer = await text(response);
    return response.statusCode === 200 ? null : (answer.split("\n", 1)[0] ?? "");
  } catch {
    return "it does not answer";
  }
}
