import { isIP } from "node:net";
import { resolve } from "node:path";
import { defaultArchiveDir } from "./database/data-folder.ts";
import { OWN, type TlsSource } from "./secrets/read-certificate.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** What is set before the start; everything else is a setting. */
export interface Config {
  host: string;
  port: number;
  /** For agents only. */
  agentListener: { host: string; port: number } | null;
  dataDir: string;
  archiveDir: string;
  /** null = plain HTTP. */
  tls: TlsSource | null;
  /** At the port for agents; null = as for the pages. */
  agentTls: typeof OWN | null;
  /**
   * Certificates that agents may see at the monitor's address, files or `own`, the present one first; empty = an authority
   * vouches for it.
   */
  agentCertificateFiles: string[];
  /** Whose X-Forwarded-* headers are believed: nobody, or these addresses and subnets. */
  trustProxy: false | string[];
  logLevel: (typeof LOG_LEVELS)[number];
}

export const dataDirOf = (env: NodeJS.ProcessEnv) => resolve(env.DATA_DIR || "data");

/** Reads the configuration from environment variables. @throws Error that names every wrong variable and what it may be. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const host = env.HOST || "127.0.0.1";
  const port = readPort("PORT", env.PORT || "8080", problems);
  const agentPort = env.AGENT_PORT ? readPort("AGENT_PORT", env.AGENT_PORT, problems) : null;
  const agentHost = env.AGENT_HOST || host;
  if (env.AGENT_HOST && agentPort === null) {
    problems.push("AGENT_HOST says where agents are answered at AGENT_PORT: set that too");
  }
  if (agentPort !== 0 && agentPort === port && agentHost === host) {
    problems.push(`AGENT_PORT is ${port}, which is that of the pages: set it to another than PORT`);
  }
  const logLevel = LOG_LEVELS.find((level) => level === (env.LOG_LEVEL || "info"));
  if (!logLevel) problems.push(`LOG_LEVEL is "${env.LOG_LEVEL}": expected one of ${LOG_LEVELS.join(", ")}`);
  const tls = readTls(env, problems);
  if (env.AGENT_TLS && env.AGENT_TLS !== OWN)
    problems.push(
      `AGENT_TLS is "${env.AGENT_TLS}": expected ${OWN}, or nothing for the certificate of TLS_CERT`,
    );
  if (env.AGENT_TLS && agentPort === null)
    problems.push("AGENT_TLS says what agents meet at AGENT_PORT: set that too");
  const agentTls = env.AGENT_TLS ? OWN : null;
  const met = agentTls ?? tls;
  const trustProxy = readTrustProxy(env.TRUST_PROXY, problems);
  if (problems.length > 0 || !logLevel) {
    throw new Error(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }

  const dataDir = dataDirOf(env);
  return {
    host,
    port,
    agentListener: agentPort === null ? null : { host: agentHost, port: agentPort },
    dataDir,
    archiveDir: env.ARCHIVE_DIR ? resolve(env.ARCHIVE_DIR) : defaultArchiveDir(dataDir),
    tls,
    agentTls,
    agentCertificateFiles: env.AGENT_CERTIFICATES
      ? readCertificateFiles(env.AGENT_CERTIFICATES)
      : met === null
        ? []
        : [met === OWN ? OWN : met.certificateFile],
    trustProxy,
    logLevel,
  };
}

function readTls({ TLS_CERT, TLS_KEY }: NodeJS.ProcessEnv, problems: string[]): TlsSource | null {
  if (TLS_CERT === OWN && !TLS_KEY) return OWN;
  if (TLS_CERT && TLS_KEY) return { certificateFile: TLS_CERT, keyFile: TLS_KEY };
  if (TLS_CERT || TLS_KEY)
    problems.push(
      `TLS_CERT and TLS_KEY go together: set both, neither for plain HTTP, or TLS_CERT=${OWN} alone`,
    );
  return null;
}

function readCertificateFiles(text: string): string[] {
  if (text === "none") return [];
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function readPort(variable: string, text: string, problems: string[]): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(`${variable} is "${text}": expected a whole number from 0 to 65535`);
  }
  return port;
}

function readTrustProxy(text: string | undefined, problems: string[]): false | string[] {
  if (!text || text === "0" || text === "false") return false;
  const trusted = text.split(",").map((address) => address.trim());
  if (trusted.every(isAddressOrSubnet)) return trusted;
  problems.push(
    `TRUST_PROXY is "${text}": expected the addresses of the proxies, such as 127.0.0.1 or 10.0.0.0/8, with commas between them`,
  );
  return false;
}

function isAddressOrSubnet(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  const maxBits = family === 6 ? 128 : 32;
  return (
    family !== 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits && Number(bits) > 0))
  );
}
