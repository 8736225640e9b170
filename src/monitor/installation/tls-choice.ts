import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { errorText } from "../../protocol/error-text.ts";
import { OWN, readCertificate } from "../secrets/read-certificate.ts";
import { hasPath, portOf } from "./addresses.ts";

/**
 * Who encrypts what agents and Poswatch say to each other: Poswatch with a key of its own, for which agents get a port of
 * their own; Poswatch with the owner's certificate, which is that of the pages too; or a proxy on this machine.
 */
export const TLS_CHOICES = [OWN, "files", "proxy"] as const;

export interface TlsChoice {
  kind: (typeof TLS_CHOICES)[number];
  /** Where agents reach it. */
  address: URL;
  certificateFile: string;
  keyFile: string;
  /** Whether other machines reach the pages over the own key too. */
  hasPages: boolean;
}

const EVERYWHERE = "0.0.0.0";
const OF_ENCRYPTION = [
  "AGENT_PORT",
  "AGENT_HOST",
  "AGENT_TLS",
  "TLS_CERT",
  "TLS_KEY",
  "TRUST_PROXY",
] as const;
/** What a choice may change. */
export const TLS_SETTINGS = [...OF_ENCRYPTION, "HOST", "PORT"] as const;

/** As the file `poswatch.env` has it; empty = not there. */
export function settingsOf({
  kind,
  address,
  certificateFile,
  keyFile,
  hasPages,
}: TlsChoice): Partial<Record<(typeof TLS_SETTINGS)[number], string>> {
  const port = String(portOf(address.href));
  const none = Object.fromEntries(OF_ENCRYPTION.map((name) => [name, ""]));
  if (kind === "proxy") return { ...none, TRUST_PROXY: "127.0.0.1" };
  if (kind === "files")
    return { ...none, TLS_CERT: certificateFile, TLS_KEY: keyFile, HOST: EVERYWHERE, PORT: port };
  const forAgents = { ...none, AGENT_PORT: port, AGENT_HOST: EVERYWHERE, AGENT_TLS: OWN };
  return hasPages ? { ...forAgents, TLS_CERT: OWN, HOST: EVERYWHERE } : forAgents;
}

export interface TlsProblem {
  field: "certificateFile" | "keyFile" | "address";
  /** Of the catalog. */
  key: string;
  /** In English, for whoever is at the machine. */
  detail: string;
}

/** @param now what may have the port already. @returns what keeps a choice from working; null = nothing. */
export async function findTlsProblem(
  choice: TlsChoice,
  now: { port: number; agentListener: { port: number } | null },
): Promise<TlsProblem | null> {
  const { kind, address } = choice;
  if (kind === "proxy") return null;
  if (address.protocol !== "https:")
    return { field: "address", key: "setup.problem.https", detail: "ADDRESS begins with https://" };
  if (hasPath(address.href))
    return {
      field: "address",
      key: "setup.problem.path",
      detail: "ADDRESS has no path where Poswatch encrypts",
    };
  const port = portOf(address.href);
  const problem = kind === "files" ? findFileProblem(choice) : null;
  if (problem || port === (kind === "files" ? now.port : now.agentListener?.port)) return problem;
  const detail = await findPortProblem({ host: EVERYWHERE, port });
  return detail === null ? null : { field: "address", key: "setup.problem.port", detail };
}

/** @returns why nobody can listen there now, in English; null = one can. */
export async function findPortProblem({
  host,
  port,
}: {
  host: string;
  port: number;
}): Promise<string | null> {
  try {
    const server = createServer().listen(port, host);
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return null;
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    return isTaken ? `Another program listens at ${host}:${port}` : errorText(error);
  }
}

function findFileProblem(choice: TlsChoice): TlsProblem | null {
  const of = (field: TlsProblem["field"], key: string, error: unknown) => ({
    field,
    key,
    detail: errorText(error),
  });
  for (const field of ["certificateFile", "keyFile"] as const) {
    try {
      readFileSync(choice[field]);
    } catch (error) {
      return of(field, "setup.problem.unreadable", error);
    }
  }
  try {
    readCertificate(choice);
    return null;
  } catch (error) {
    return of("certificateFile", "setup.problem.certificate", error);
  }
}
