import * as http from "node:http";
import * as https from "node:https";
import { OWN, readCertificate, type TlsSource } from "./secrets/read-certificate.ts";

const HEADERS_TIMEOUT_MS = 15_000;
/** Enough for the largest import at 0.4 Mbit/s. */
const REQUEST_TIMEOUT_MS = 120_000;
const TIMEOUTS_CHECKED_EVERY_MS = 5_000;

/** The certificate, if any, and the timeouts of every server of this process. */
export type NodeServerOptions =
  | { isTls: true; options: https.ServerOptions }
  | { isTls: false; options: http.ServerOptions };

/** The own certificate is set by `certificates.ts`. @throws Error that names the variable whose file cannot be used. */
export function nodeServerOptions(tls: TlsSource | null): NodeServerOptions {
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
  };
  if (tls === null) return { isTls: false, options: timeouts };
  return { isTls: true, options: { ...timeouts, ...(tls !== OWN && readCertificate(tls)) } };
}

export function createNodeServer(
  { isTls, options }: NodeServerOptions,
  answer: http.RequestListener,
): http.Server {
  return isTls ? https.createServer(options, answer) : http.createServer(options, answer);
}
