import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { ZipFile } from "yazl";
import { decodeRawLines } from "../../../protocol/decode-lines.ts";
import { errorText } from "../../../protocol/error-text.ts";
import { mask } from "../../../protocol/mask/mask.ts";
import { parseJson } from "../../../protocol/parse-json.ts";
import { mapTexts } from "../../../protocol/visible-text.ts";
import type { Db } from "../../database/schema.ts";
import { listPosChecks } from "../../fleet/pos-checks.ts";
import { safeName } from "../../log-archives/store/paths.ts";
import type { Asked, createLogQuestions, SeenKinds } from "../../log-patterns/teaching/seen-kinds.ts";
import { listZippedFiles, readZippedFile } from "../../log-viewer/zip-files.ts";
import { findPosServer, type ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { examine } from "../examine.ts";

/** Of the newest log of the newest archive, unless it is too large to be read through. */
const EXCERPT_BYTES = 64 * 1024;
const MAX_LOG_BYTES = 256 * 1024 * 1024;

type Installed = Pick<FastifyInstance, "config" | "database" | "clock" | "recentLog" | "archiveStore">;
/** null = agents are not asked, as only a monitor that runs reaches them. */
type LogQuestions = Pick<ReturnType<typeof createLogQuestions>, "kinds"> | null;

export interface SupportFile {
  name: string;
  text: string;
}

/** What helps whoever supports Poswatch: texts without secrets, guests and names masked. Never fails: what is missing is said in its place. */
export async function collectSupport(
  app: Installed,
  questions: LogQuestions,
  viewer: Pick<Viewer, "t" | "format" | "organizations">,
  posServerIds: readonly number[],
  signal: AbortSignal,
): Promise<SupportFile[]> {
  const { config, database, clock } = app;
  const examined = { config, db: database.db, sqlite: database.sqlite, now: clock() };
  const findings = await examine(examined);
  const doctor = findings.map(
    ({ name, status, text }) => `${status} ${viewer.t(`about.name.${name}`)}: ${text(viewer)}`,
  );
  const files = [
    { name: "doctor.txt", text: mask(doctor.join("\n")) },
    { name: "monitor.log", text: app.recentLog().split("\n").map(maskOwnLine).join("\n") },
  ];
  for (const id of posServerIds) {
    const posServer = await findPosServer(database.db, viewer.organizations, id);
    if (posServer) files.push(...(await collectPosServer(app, questions, posServer, signal)));
  }
  return files;
}

/** The monitor's log is JSON, and remains so. */
function maskOwnLine(line: string): string {
  const entry = parseJson(line);
  return entry === undefined ? mask(line) : JSON.stringify(mapTexts(entry, mask));
}

/** One zip of what was collected, to be streamed. */
export function zipOf(files: readonly SupportFile[]) {
  const archive = new ZipFile();
  for (const { name, text } of files) archive.addBuffer(Buffer.from(text), name);
  archive.end();
  return archive.outputStream;
}

async function collectPosServer(
  { database: { db }, archiveStore }: Installed,
  questions: LogQuestions,
  posServer: ShownPosServer,
  signal: AbortSignal,
): Promise<SupportFile[]> {
  // The search finds the address too.
  const { fingerprint: _pin, address: _address, searchText: _search, ...facts } = posServer;
  const checks = await listPosChecks(db, posServer.id);
  const parts: [string, () => Promise<string>][] = [
    ["status.json", async () => JSON.stringify(mapTexts({ ...facts, checks }, mask), null, 2)],
    [
      "log-kinds.txt",
      async () =>
        questions === null
          ? "asked on the page alone"
          : mask(describeKinds(await questions.kinds(posServer, false, signal))),
    ],
    ["log-excerpt.txt", async () => mask(await readExcerpt(db, archiveStore.root, posServer.id, signal))],
  ];
  const folder = `pos-servers/${posServer.id}-${safeName(posServer.name)}`;
  return await Promise.all(
    parts.map(async ([name, read]) => ({ name: `${folder}/${name}`, text: await read().catch(errorText) })),
  );
}

/** Those that nobody has taught come first in each rank; what each says stands before it. */
function describeKinds(asked: Asked<SeenKinds>): string {
  if (!asked.ok) return `not read: ${asked.failure.code} ${asked.failure.detail}`;
  const { kinds, lines } = asked.value;
  const described = kinds.map(
    ({ count, says, text, example }) =>
      `${count} × [${says ? `${says.kind}, ${says.evidence}` : "unknown"}] ${text}\n    ${example}`,
  );
  return [`${lines} lines of the last day`, ...described].join("\n");
}

async function readExcerpt(db: Db, store: string, posServerId: number, signal: AbortSignal): Promise<string> {
  const archive = await db
    .selectFrom("logArchive")
    .innerJoin("logRequest", "logRequest.id", "logArchive.logRequestId")
    .select("path")
    .where("posServerId", "=", posServerId)
    .where("logArchive.status", "=", "done")
    .where("removedAt", "is", null)
    .orderBy("logArchive.finishedAt", "desc")
    .executeTakeFirst();
  if (!archive?.path) return "no archive was fetched";
  const file = join(store, archive.path);
  const { files } = await listZippedFiles(file, signal);
  const [newest] = files
    .filter(({ bytes }) => bytes <= MAX_LOG_BYTES)
    .sort((a, b) => b.modifiedAt - a.modifiedAt);
  if (!newest) return "its logs are too large";
  const end = await readZippedFile(file, newest.position, async (_file, stream) => {
    let kept = Buffer.alloc(0);
    for await (const chunk of stream) {
      signal.throwIfAborted();
      kept = Buffer.concat([kept, chunk]).subarray(-EXCERPT_BYTES);
    }
    return kept;
  });
  const lines = decodeRawLines(end, 0, "auto").map(({ text }) => text);
  return [newest.name, ...(end.length < EXCERPT_BYTES ? lines : lines.slice(1))].join("\n");
}
