import { join } from "node:path";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { type OpenDatabase, openDatabase } from "../../src/monitor/database/open.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import type { Owner } from "./owner.ts";
import { startPoswatch } from "./program.ts";
import { beginTestSession } from "./session.ts";
import { waitFor } from "./wait-for.ts";

export type MonitorProcess = Awaited<ReturnType<typeof startMonitorProcess>>;

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

/** Sends a form as a browser with this cookie does. */
export async function postForm(url: string, path: string, fields: Record<string, string>, cookie = "") {
  const page = await fetch(`${url}/a-page-that-is-not-there`, { headers: { cookie } }); // it has a form as every page
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? "";
  const cookies = [cookie, ...page.headers.getSetCookie().map((set) => set.split(";")[0])];
  return await fetch(url + path, {
    method: "POST",
    headers: { cookie: cookies.join("; "), "accept-language": "ru" },
    body: new URLSearchParams({ _csrf, ...fields }),
    redirect: "manual",
  });
}

/** Starts the monitor and waits until it listens, for agents too if it was told to. */
export async function startMonitorProcess(
  t: Owner,
  dataDir: string,
  env: NodeJS.ProcessEnv = {},
  launcher: string | null = null,
) {
  const program = startPoswatch(t, ["serve"], { env: { DATA_DIR: dataDir, PORT: "0", ...env } }, launcher);
  let url = "";
  let agentPort = 0;
  await waitFor(() => {
    url = program.output().match(/https?:\/\/127\.0\.0\.1:\d+/)?.[0] ?? "";
    agentPort = Number(program.output().match(/"port":(\d+),"msg":"Agents are answered/)?.[1] ?? 0);
    if (program.child.exitCode !== null) throw new Error(`the monitor ended: ${program.output()}`);
    return url !== "" && (agentPort > 0 || !env.AGENT_PORT);
  });
  const cookie = `session=${await withDatabase(dataDir, beginTestSession)}`;
  return {
    ...program,
    url,
    agentPort,
    /** The text of a page, as an administrator who has signed in gets it. */
    page: async (path: string) => await (await fetch(url + path, { headers: { cookie } })).text(),
    async post(path: string, fields: Record<string, string>) {
      const answer = await postForm(url, path, fields, cookie);
      if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    },
  };
}
