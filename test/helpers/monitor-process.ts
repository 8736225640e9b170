import { join } from "node:path";
import { DATABASE_FILE } from "../../src/monitor/database/file.ts";
import { type OpenDatabase, openDatabase } from "../../src/monitor/database/open.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import type { Owner } from "./owner.ts";
import { type Program, startProgram } from "./program.ts";
import { beginTestSession } from "./session.ts";
import { waitFor } from "./wait-for.ts";

export interface MonitorProcess extends Program {
  /** `http://127.0.0.1:port`; resolves when it listens. */
  url: string;
  /** Where it answers agents besides, if it was told to; resolves with `url`. */
  agentPort: number | null;
  /** The text of a page, as an administrator who has signed in gets it. */
  page(path: string): Promise<string>;
}

/** Does something with the database of a data folder, whether a monitor runs there or not. */
export async function withDatabase<Result>(
  dataDir: string,
  work: (db: Db, sqlite: OpenDatabase["sqlite"]) => Promise<Result>,
): Promise<Result> {
  const { db, sqlite } = openDatabase(join(dataDir, DATABASE_FILE), 5_000);
  return await work(db, sqlite).finally(() => db.destroy());
}

/** The same for statements of SQL that change it. */
export const changeDatabase = (dataDir: string, statements: string) =>
  withDatabase(dataDir, async (_db, sqlite) => void sqlite.exec(statements));

export async function startMonitorProcess(
  t: Owner,
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
): Promise<MonitorProcess> {
  const program = startProgram(t, "src/monitor/server.ts", { env: { DATA_DIR: dataDir, PORT: "0", ...env } });
  let url: string | undefined;
  let agentPort: string | undefined;
  await waitFor(() => {
    url = program.output().match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0];
    agentPort = program.output().match(/"port":(\d+),"msg":"Agents are answered/)?.[1];
    if (program.child.exitCode !== null) throw new Error(`the monitor ended: ${program.output()}`);
    return url !== undefined && (agentPort !== undefined || !env.AGENT_PORT);
  });
  const session = await withDatabase(dataDir, (db) => beginTestSession(db));
  const page = async (path: string) =>
    await (await fetch(`${url}${path}`, { headers: { cookie: `session=${session}` } })).text();
  return { ...program, url: url ?? "", agentPort: agentPort ? Number(agentPort) : null, page };
}
