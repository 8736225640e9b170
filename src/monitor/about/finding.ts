import type Sqlite from "better-sqlite3";
import type { Db } from "../database/schema.ts";
import type { TlsSource } from "../secrets/read-certificate.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What is examined, in the order of the page. */
export const EXAMINED = [
  "version",
  "data",
  "space",
  "clock",
  "lock",
  "database",
  "key",
  "certificates",
  "ports",
  "backup",
  "channels",
  "agentPackage",
] as const;

export interface Finding {
  /** `warning`: it works, but not for good or not as it should. */
  status: "ok" | "warning" | "failed";
  text: (words: Pick<Viewer, "t" | "format">) => string;
}

/** What examinations look at. */
export interface Examined {
  config: {
    dataDir: string;
    archiveDir: string;
    host: string;
    port: number;
    agentListener: { host: string; port: number } | null;
    tls: TlsSource | null;
    trustProxy: false | string[];
  };
  db: Db;
  sqlite: Sqlite.Database;
  /** ms UTC. */
  now: number;
}

export function found(status: Finding["status"], key: string, values: object = {}): Finding {
  return { status, text: ({ t }) => t(key, values) };
}
