import { createServer, type IncomingMessage } from "node:http";
import type { Test } from "tap";
import type { DatabaseResetReport, ServiceStartReport } from "../../src/protocol/commands.ts";
import type { ServiceState } from "../../src/protocol/status-report.ts";
import { listen, sendJson } from "./listen.ts";
import { listLogs, type ServedLog, sendZip, zipOf } from "./log-server.ts";
import { exampleReport, POS_SERVER_ID } from "./pos-server.ts";
import { waitFor } from "./wait-for.ts";

const COMMANDS = ["database-resets", "service-starts", "service-restarts"];

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
  /** Begun commands stay in their first step while this is true. */
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
  /** null = unknown. */
  canRestart: boolean | null = null;
  requests: string[] = [];
}

export async function startResettablePosServer(
  t: Test,
  clock: () => number,
  changes: Partial<ResettablePosServer> = {},
): Promise<ResettablePosServer> {
  const bodies = new Map<string, { posServerId: string; startService?: boolean; machine?: string }>();
  const reports = new Map<string, DatabaseResetReport & ServiceStartReport>();
  const now = () => clock() + posServer.clockAheadMs;
  const posServer = Object.assign(new ResettablePosServer(), {
    databaseCreatedAt: clock() - 30 * 86_400_000,
    lastSuccessAt: clock() - 3 * 3_600_000,
    ...changes,
  });

  const server = createServer(async (request, response) => {
    posServer.requests.push(`${request.method} ${request.url}`);
    const body = (await request.toArray()).join("");
    if (posServer.isUnreachable) return void response.destroy();
    const [, , resource, key] = (request.url ?? "").split(/[/?]/);
    await waitFor(() => !posServer.held.has(resource ?? "") || response.destroyed);
    if (resource === "log-archives") return sendZip(response, zipOf(JSON.parse(body).files, readableLogs()));
    const answer = answerTo(request, resource ?? "", key, body);
    if (COMMANDS.includes(resource ?? "") && posServer.answersToLose > 0) {
      posServer.answersToLose--;
      return void response.destroy();
    }
    sendJson(response, answer.status, answer.value);
  });
  posServer.address = `http://127.0.0.1:${await listen(t, server)}`;
  return posServer;

  function readableLogs(): Map<string, ServedLog> {
    return new Map([...posServer.logs].filter(([name]) => !posServer.unreadableLogs.has(name)));
  }

  function answerTo(request: IncomingMessage, resource: string, key: string | undefined, body: string) {
    if (resource === "status") return { status: 200, value: status() };
    if (resource === "logs") return { status: 200, value: { files: listLogs(posServer.logs) } };
    if (request.method === "GET") {
      const report = reports.get(key ?? "");
      if (!report || bodies.get(key ?? "")?.posServerId !== posServer.identity)
        return { status: 404, value: { error: "not_found", message: "no such key" } };
      if (!posServer.isSlow) goOn(resource, key ?? "", report);
      return { status: 200, value: report };
    }
    if (posServer.refusal) {
      const { status, error } = posServer.refusal;
      return { status, value: { error, message: `it says ${error}` } };
    }
    const order = JSON.parse(body);
    if (order.posServerId !== posServer.identity)
      return { status: 409, value: { error: "wrong_pos_server", message: "another one" } };
    const newKey = String(request.headers["idempotency-key"]);
    if (!reports.has(newKey)) {
      const carriedOut = { "database-resets": posServer.resets, "service-restarts": posServer.restarts };
      (carriedOut[resource as keyof typeof carriedOut] ?? posServer.starts).push(newKey);
      bodies.set(newKey, order);
      const step = resource === "service-starts" ? "starting_service" : "stopping_service";
      reports.set(newKey, { step, movedFiles: [], service: posServer.service } as never);
    }
    return { status: 202, value: reports.get(newKey) };
  }

  function goOn(resource: string, key: string, report: DatabaseResetReport & ServiceStartReport): void {
    if (report.step === "done" || report.step === "failed") return;
    if (resource !== "database-resets") {
      if (posServer.startError) Object.assign(report, { step: "failed", error: posServer.startError });
      else {
        start();
        report.step = "done";
      }
      return;
    }
    const { resetError } = posServer;
    if (!resetError || resetError.isMoved) {
      posServer.service = "stopped";
      posServer.databaseCreatedAt = null;
      Object.assign(report, { resetAt: new Date(now()).toISOString(), movedFiles: posServer.movedFiles });
    }
    if (resetError) Object.assign(report, { step: "failed", error: resetError });
    else {
      if (bodies.get(key)?.startService) start();
      report.step = "done";
    }
    report.service = posServer.service;
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
