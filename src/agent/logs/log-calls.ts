import pLimit from "p-limit";
import { LogArchiveOrder, type LogList, LogPeriod, type WantedLog } from "../../protocol/logs.ts";
import type { AgentConfig } from "../config/config.ts";
import { type AgentServer, sendError } from "../http/server.ts";
import { createProblemLog } from "../machine/problem-log.ts";
import { listLogs } from "./list-logs.ts";
import { createLogArchive, createPace, type OpenArchives } from "./log-archive.ts";
import { findLogFolder, type LogFolder, LogFolderError, NotALogError, resolveLog } from "./log-path.ts";

const MAX_ORDER_BYTES = 4 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 5;
const STALLED_READER_MS = 60_000;
const PARALLEL_LOOKUPS = 8;
const MAX_NAME_CHARACTERS_SHOWN = 200;

export interface LogCallsOptions {
  config: Pick<AgentConfig, "logs" | "utcOffsetMinutes">;
  archives: OpenArchives;
  stalledReaderMs?: number;
}

export async function logCalls(
  api: AgentServer,
  { config: { logs, utcOffsetMinutes }, archives, stalledReaderMs = STALLED_READER_MS }: LogCallsOptions,
): Promise<void> {
  const problems = createProblemLog(api.log);
  const pace = createPace(logs.maxBytesPerSecond);
  api.setErrorHandler((error, request, reply) => {
    if (!(error instanceof LogFolderError)) throw error;
    request.log.error({ err: error }, "the log folder cannot be read");
    return sendError(reply, 500, "logs_unreadable", error.message);
  });
  api.addHook("preClose", async () => archives.end());

  api.get("/logs", { schema: { querystring: LogPeriod } }, async (request, reply) => {
    const period = request.query;
    if (Date.parse(period.from) > Date.parse(period.to))
      return sendError(reply, 400, "invalid_period", "from is later than to.");
    const listed = await listLogs(logs, utcOffsetMinutes, period);
    problems.set("log list", listed.problems.length > 0 ? listed.problems.join("; ") : null);
    const list: LogList = { files: listed.files };
    return reply.header("cache-control", "no-store").send(list);
  });

  api.post(
    "/log-archives",
    { schema: { body: LogArchiveOrder }, bodyLimit: MAX_ORDER_BYTES },
    async (request, reply) => {
      const { files } = request.body;
      const folder = await findLogFolder(logs);
      const problem = await explainWrongOrder(folder, files);
      if (problem !== null) return sendError(reply, 400, "invalid_files", problem);
      if (!archives.hasRoom()) {
        reply.header("retry-after", RETRY_AFTER_SECONDS);
        return sendError(reply, 503, "busy", "Two archives are being fetched, or an update is taken.");
      }
      request.log.info({ ip: request.ip, files: files.length }, "sending an archive of logs");
      const archive = createLogArchive(folder, files, pace);
      archives.add(archive);
      reply.raw.setTimeout(stalledReaderMs, () => {
        request.log.warn({ ip: request.ip }, "nothing was taken of an archive for too long; it is ended");
        reply.raw.destroy();
      });
      return reply.header("cache-control", "no-store").type("application/zip").send(archive);
    },
  );
}

/** null when each name is a log or no longer exists. */
async function explainWrongOrder(folder: LogFolder, files: readonly WantedLog[]): Promise<string | null> {
  const limit = pLimit(PARALLEL_LOOKUPS);
  const paths = await Promise.all(files.map(({ name }) => limit(() => findLog(folder, name))));
  const seen = new Set<string>();
  for (const [index, { name }] of files.entries()) {
    const path = paths[index];
    if (!path) return `${quote(name)} is not a log file inside the log folder.`;
    if (seen.has(path)) return `${quote(name)} is asked for twice.`;
    seen.add(path);
  }
  return null;
}

/** @returns its path, its name when it cannot be found (the archive will say why), null when it is no log. */
async function findLog(folder: LogFolder, name: string): Promise<string | null> {
  try {
    return await resolveLog(folder, name);
  } catch (error) {
    return error instanceof NotALogError ? null : name;
  }
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, MAX_NAME_CHARACTERS_SHOWN));
}
