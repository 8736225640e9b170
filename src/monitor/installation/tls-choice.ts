import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { errorText } from "../../protocol/error-text.ts";
import { OWN, readCertificate } from "../secrets/read-certificate.ts";

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
  const port = portOf(address);
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

/** @param ownPort where the pages are now. @returns what keeps a choice from working; null = nothing. */
export async function findTlsProblem(choice: TlsChoice, ownPort: number): Promise<TlsProblem | null> {
  if (choice.kind === "proxy") return null;
  const port = Number(portOf(choice.address));
  const problem = choice.kind === "files" ? findFileProblem(choice) : null;
  if (problem || (choice.kind === "files" && port === ownPort)) return problem;
  try {
    const server = createServer().listen(port, EVERYWHERE);
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return null;
  } catch (error) {
    return { field: "address", key: "setup.problem.port", detail: errorText(error) };
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

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}
