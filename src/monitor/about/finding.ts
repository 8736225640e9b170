import type Sqlite from "better-sqlite3";
import type { Db } from "../database/schema.ts";
import type { OWN, TlsSource } from "../secrets/read-certificate.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What is examined, in the order of the page. */
export const EXAMINED = [
  "version",
  "data",
  "archives",
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
    agentTls: typeof OWN | null;
    trustProxy: false | string[];
  };
  db: Db;
  sqlite: Sqlite.Database;
  /** ms UTC. */
  now: number;
}

/** Thrown where an examination needs the database and it cannot be opened; the finding `database` says why. */
export class DatabaseUnusable extends Error {}

export function found(status: Finding["status"], key: string, values: object = {}): Finding {
  return { status, text: ({ t }) => t(key, values) };
}
