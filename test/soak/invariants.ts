import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseIn, queryFile } from "../helpers/backups.ts";
import { readZip } from "../helpers/zip-contents.ts";
import { resetProblems } from "./reset-invariants.ts";
import type { World } from "./world.ts";

const MAX_RSS_KB = 500 * 1024;
/** Tables of what is asked for: the actions of the audit log have their names, the pages have these. */
const ASKED_FOR = {
  logRequest: "/log-requests/",
  databaseReset: "/database-resets/",
  serviceStart: "/service-starts/",
};

/** What must hold when nothing is wrong any more and nothing is under way. @returns what does not. */
export async function problemsOf(world: World, accepted: ReadonlySet<string>): Promise<string[]> {
  return [
    ...databaseProblems(world),
    ...(await archiveProblems(world)),
    ...lostRequests(world, accepted),
    ...auditProblems(world),
    ...(await resetProblems(world)),
    ...logProblems(world),
    ...leftovers(world),
    ...memoryProblems(world),
    ...world.monitor.problems.splice(0),
  ];
}

function databaseProblems({ dataDir }: World): string[] {
  return texts(dataDir, "pragma integrity_check")
    .filter((answer) => answer !== "ok")
    .concat(
      texts(dataDir, `select 'foreign key of ' || "table" from pragma_foreign_key_check`),
      texts(
        dataDir,
        `select 'count of ' || state || ' in ' || organization_id from state_count where pos_servers <>
          (select count(*) from pos_status where pos_status.state = state_count.state
            and pos_status.organization_id = state_count.organization_id)`,
      ),
      texts(
        dataDir,
        `select 'last transition of ' || pos_server_id from pos_status where state <>
          (select state from state_change where pos_server_id = pos_status.pos_server_id order by id desc)`,
      ),
      texts(dataDir, "select 'run ' || id from monitor_run where seen_at < started_at"),
      texts(
        dataDir,
        `select 'step of reset ' || id from database_reset where step <>
          (select step from database_reset_step where database_reset_id = database_reset.id order by id desc)`,
      ),
    );
}

/** Everything that is offered is whole. */
async function archiveProblems({ dataDir }: World): Promise<string[]> {
  const offered = texts(
    dataDir,
    `select json_object('path', path, 'bytes', zip_bytes, 'sha256', sha256) from log_archive
      where status = 'done' and removed_at is null`,
  );
  const problems = offered.map(async (json) => {
    const { path, bytes, sha256 }: { path: string; bytes: number; sha256: string } = JSON.parse(json);
    try {
      const zip = readFileSync(join(dataDir, "archives", path));
      const isSame = zip.length === bytes && createHash("sha256").update(zip).digest("hex") === sha256;
      if (!isSame) return [`archive ${path} is another one than was stored`];
      return Object.keys(await readZip(zip)).length > 0 ? [] : [`archive ${path} is empty`];
    } catch (error) {
      return [`archive ${path}: ${error}`];
    }
  });
  return (await Promise.all(problems)).flat();
}

/** What became of all that was asked for: `log_request done 12`. */
export function endsOf({ dataDir }: World): string[] {
  return Object.keys(ASKED_FOR).flatMap((table) => {
    const end = table === "database_reset" ? "step" : "status";
    return texts(dataDir, `select '${table} ' || ${end} || ' ' || count(*) from ${table} group by ${end}`);
  });
}

function lostRequests({ dataDir }: World, accepted: ReadonlySet<string>): string[] {
  const known = new Set(
    Object.entries(ASKED_FOR).flatMap(([table, path]) =>
      texts(dataDir, `select '${path}' || id from ${table}`),
    ),
  );
  const isPage = (location: string) => Object.values(ASKED_FOR).some((path) => location.startsWith(path));
  return [...new Set([...accepted].map((location) => location.replace(/\?.*$/, "")))]
    .filter((location) => isPage(location) && !known.has(location))
    .map((location) => `${location} was accepted, and is not there`);
}

/** Each thing that was asked for has its event, and another of its end. */
function auditProblems({ dataDir }: World): string[] {
  return Object.keys(ASKED_FOR).flatMap((table) => {
    const [rows] = texts(dataDir, `select count(*) from ${table}`);
    return [table, `${table}_end`].flatMap((action) => {
      const [events] = texts(
        dataDir,
        `select count(*) from audit_event where action = '${action}' and
          (action like '%_end' or result <> 'refused')`,
      );
      return events === rows ? [] : [`${rows} rows of ${table}, ${events} events ${action}`];
    });
  });
}

function logProblems({ monitor, secrets }: World): string[] {
  const log = monitor.log();
  const broken = log.split("\n").filter((line) => line !== "" && !isJson(line));
  return [
    ...broken.slice(0, 3).map((line) => `no JSON in the log: ${line.slice(0, 300)}`),
    ...secrets.flatMap((secret, index) => (log.includes(secret) ? [`secret ${index} is in the log`] : [])),
  ];
}

function leftovers({ dataDir }: World): string[] {
  return globSync("**/*.{part,tmp,new}", { cwd: dataDir }).map((path) => `left over: ${path}`);
}

function memoryProblems({ monitor }: World): string[] {
  const file = `/proc/${monitor.pid()}/status`;
  const rssKb = existsSync(file) ? Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1]) : 0;
  return rssKb > MAX_RSS_KB ? [`the monitor holds ${rssKb} KB`] : [];
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function texts(dataDir: string, query: string): string[] {
  return queryFile(databaseIn(dataDir), query).map(String);
}
