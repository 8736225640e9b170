import type { Test } from "tap";
import type { DatabaseResetReport, ServiceStartReport } from "../../src/protocol/commands.ts";
import type { ServiceState } from "../../src/protocol/status-report.ts";
import { listenHttp, sendJson } from "./listen.ts";
import { listLogs, type ServedLog, sendZip, zipOf } from "./log-server.ts";
import { exampleReport, POS_SERVER_ID } from "./pos-server.ts";
import { waitFor } from "./wait-for.ts";

/** Where the keys of its commands are kept. */
const LISTS = {
  "database-resets": "resets",
  "service-starts": "starts",
  "service-restarts": "restarts",
} as const;

type Report = DatabaseResetReport & ServiceStartReport;
interface Order {
  posServerId: string;
  startService?: boolean;
}

/** A POS server in this process that speaks the protocol over real HTTP, and breaks where a test wants it to. */
export class ResettablePosServer {
  address = "";
  /** `posServerId`; another one is another machine, which knows nothing of earlier commands. */
  identity = POS_SERVER_ID;
  /** How its agent's process names itself; null = it does not. */
  machine: string | null = null;
  service: ServiceState = "running";
  /** By its own clock, ms UTC; null = there is no database. */
  databaseCreatedAt: number | null = null;
  lastSuccessAt: number | null = null;
  syncError: string | null = "нарушена целостность базы";
  crmId = "100237";
  version = "34.2.117.0";
  clockAheadMs = 0;
  exchanges = true;
  isUnreachable = false;
  /** Requests for these resources (`status`, `logs`) wait until they are taken out. */
  held = new Set<string>();
  /** How many answers to commands are lost after the request was carried out. */
  answersToLose = 0;
  isSlow = false;
  resetError: { error: string; message: string; isMoved: boolean } | null = null;
  startError: { error: string; message: string } | null = null;
  /** What it says that a reset has moved away. */
  movedFiles = [
    { name: "pos.db", bytes: 222_298_112 },
    { name: "pos.db-wal", bytes: 24 },
  ];
  /** Answers `POST`s with this instead of carrying them out. */
  refusal: { status: number; error: string } | null = null;
  /** By name; those that are unreadable are listed, but not in the archive. */
  logs = new Map<string, ServedLog>();
  unreadableLogs = new Set<string>();
  /** Keys in the order in which they were carried out, each once. */
  resets: string[] = [];
  starts: string[] = [];
  restarts: string[] = [];
  canRestart: boolean | null = null;
  requests: string[] = [];
}

export async function startResettablePosServer(
  t: Test,
  clock: () => number,
  changes: Partial<ResettablePosServer> = {},
): Promise<ResettablePosServer> {
  const begun = new Map<string, { order: Order; report: Report }>();
  const now = () => clock() + posServer.clockAheadMs;
  const posServer = Object.assign(new ResettablePosServer(), {
    databaseCreatedAt: clock() - 30 * 86_400_000,
    lastSuccessAt: clock() - 3 * 3_600_000,
    ...changes,
  });

  posServer.address = await listenHttp(t, async (request, response) => {
    const { method, url = "", headers } = request;
    posServer.requests.push(`${method} ${url}`);
    const body = (await request.toArray()).join("");
    if (posServer.isUnreachable) return response.destroy();
    const [, , resource = "", asked = ""] = url.split(/[/?]/);
    await waitFor(() => !posServer.held.has(resource) || response.destroyed);
    if (resource === "log-archives") {
      const readable = [...posServer.logs].filter(([name]) => !posServer.unreadableLogs.has(name));
      return sendZip(response, zipOf(JSON.parse(body).files, new Map(readable)));
    }
    const [status, value] = answerTo(resource, String(headers["idempotency-key"] ?? asked), method, body);
    if (resource in LISTS && posServer.answersToLose > 0) {
      posServer.answersToLose--;
      return response.destroy();
    }
    sendJson(response, status, value);
  });
  return posServer;

  function answerTo(resource: string, key: string, method = "", body: string): [number, object] {
    if (resource === "status") return [200, status()];
    if (resource === "logs") return [200, { files: listLogs(posServer.logs) }];
    const known = begun.get(key);
    if (method === "GET") {
      if (known?.order.posServerId !== posServer.identity) return [404, { error: "not_found", message: "" }];
      if (!posServer.isSlow) goOn(resource, known);
      return [200, known.report];
    }
    if (posServer.refusal) {
      const { status, error } = posServer.refusal;
      return [status, { error, message: `it says ${error}` }];
    }
    const order: Order = JSON.parse(body);
    if (order.posServerId !== posServer.identity) return [409, { error: "wrong_pos_server", message: "" }];
    if (known) return [202, known.report];
    posServer[LISTS[resource as keyof typeof LISTS]].push(key);
    const step = resource === "service-starts" ? "starting_service" : "stopping_service";
    const report = { step, movedFiles: [], service: posServer.service } as never as Report;
    begun.set(key, { order, report });
    return [202, report];
  }

  function goOn(resource: string, { order, report }: { order: Order; report: Report }): void {
    if (report.step === "done" || report.step === "failed") return;
    const isReset = resource === "database-resets";
    const { resetError, startError } = posServer;
    if (isReset && (!resetError || resetError.isMoved)) {
      posServer.service = "stopped";
      posServer.databaseCreatedAt = null;
      Object.assign(report, { resetAt: new Date(now()).toISOString(), movedFiles: posServer.movedFiles });
    }
    const error = isReset ? resetError : startError;
    if (!error && (!isReset || order.startService)) start();
    Object.assign(report, error ? { step: "failed", error } : { step: "done" });
    if (isReset) report.service = posServer.service;
  }

  function start(): void {
    posServer.service = "running";
    posServer.databaseCreatedAt ??= now();
    if (!posServer.exchanges) return;
    posServer.lastSuccessAt = now() + 1;
    posServer.syncError = null;
  }

  function status() {
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    const { databaseCreatedAt, lastSuccessAt, syncError, service, crmId, version } = posServer;
    return exampleReport({
      ...(posServer.machine && { agent: { machine: posServer.machine } }),
      version,
      crmId,
      posServerId: posServer.identity,
      time: new Date(now() + 2).toISOString(),
      service: { name: "iikoCard5POS", state: service, startedAt: null, canRestart: posServer.canRestart },
      sync: {
        lastAttemptAt: iso(lastSuccessAt),
        lastSuccessAt: iso(lastSuccessAt),
        error: syncError === null ? null : { at: iso(now() - 1000), message: syncError },
      },
      database: {
        exists: databaseCreatedAt !== null,
        bytes: databaseCreatedAt === null ? 0 : 222_298_112,
        createdAt: iso(databaseCreatedAt),
        modifiedAt: iso(databaseCreatedAt),
      },
    });
  }
}
