import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { createTransport } from "nodemailer";
import type { EmailServer } from "./connection.ts";
import type { EmailLimits } from "./limits.ts";

const MAX_REPLY_BYTES = 64 * 1024;
/** How long the other side may take to close what is over. */
const CLOSED_WITHIN_MS = 1_000;

/** How mail is sent over one connection. */
export interface TransportOptions {
  server: EmailServer;
  password: string;
  /** null = nothing is encrypted. */
  trust: SecureContext | null;
  limits: EmailLimits;
}

/** Speaks SMTP over a connection that stands: TLS by the name of the server, whatever its address is. */
export function openTransport(
  socket: Socket,
  { server, password, trust, limits }: TransportOptions,
): ReturnType<typeof createTransport> {
  const { host, port, security, login } = server;
  return createTransport({
    host: host.replace(/^\[|\]$/g, ""),
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(trust && { tls: { secureContext: trust, rejectUnauthorized: true } }),
    ...(login !== "" && { auth: { user: login, pass: password } }),
    getSocket: (_options, callback) => callback(null, { connection: socket }),
    connectionTimeout: limits.sendTimeoutMs,
    greetingTimeout: limits.greetingTimeoutMs,
    socketTimeout: limits.sendTimeoutMs,
    socketCloseTimeout: CLOSED_WITHIN_MS,
    maxResponseSize: MAX_REPLY_BYTES,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
}
