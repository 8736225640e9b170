import type { IncomingMessage, ServerResponse } from "node:http";
import type { Test } from "tap";
import type { ZipFile } from "yazl";
import type { LogSearchResult } from "../../src/protocol/log-lines.ts";
import type { LogFile, WantedLog } from "../../src/protocol/logs.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { listenHttp, sendJson } from "./listen.ts";
import { exampleReport } from "./pos-server.ts";
import { makeZip } from "./zip-contents.ts";

export interface ServedLog {
  content: Buffer;
  /** ISO 8601 of its last change; it was created an hour before. */
  modifiedAt: string;
}

/** What a POS server does about an order for an archive, instead of sending it. */
export type Misbehaviour = (response: ServerResponse, order: WantedLog[]) => void;

/** A POS server over HTTP with logs in memory, which can be made to misbehave. */
export class LogServer {
  address = "";
  logs = new Map<string, ServedLog>();
  /** What is done about the next orders, one each; then they are answered. */
  misbehave: Misbehaviour[] = [];
  /** Does to every order what it says, until it is null. */
  always: Misbehaviour | null = null;
  orders: WantedLog[][] = [];
  listed: URLSearchParams[] = [];
  reported: Partial<StatusReport> = {};
  found: LogSearchResult | null = null;
}

export async function startLogServer(t: Test, now: () => number): Promise<LogServer> {
  const logServer = new LogServer();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://pos");
    if (url.pathname === "/v1/status") {
      const time = new Date(now()).toISOString();
      sendJson(response, 200, exampleReport({ time, ...logServer.reported }));
    } else if (url.pathname === "/v1/logs") {
      logServer.listed.push(url.searchParams);
      sendJson(response, 200, { files: listLogs(logServer.logs) });
    } else if (url.pathname === "/v1/log-searches") {
      sendJson(response, 200, logServer.found);
    } else if (url.pathname === "/v1/log-excerpts") {
      sendJson(response, 404, { error: "not_found", message: "No such call." });
    } else {
      const { files } = JSON.parse((await request.toArray()).join("")) as { files: WantedLog[] };
      logServer.orders.push(files);
      const misbehaviour = logServer.misbehave.shift() ?? logServer.always;
      if (misbehaviour) misbehaviour(response, files);
      else sendZip(response, zipOf(files, logServer.logs));
    }
  }

  logServer.address = await listenHttp(t, answer);
  return logServer;
}

export function listLogs(logs: Map<string, ServedLog>): LogFile[] {
  return [...logs].map(([name, { content, modifiedAt }]) => ({
    name,
    bytes: content.length,
    createdAt: new Date(Date.parse(modifiedAt) - 3_600_000).toISOString(),
    modifiedAt,
  }));
}

/** The zip that an agent makes: a name without a file is left out. */
export function zipOf(files: WantedLog[], logs: Map<string, ServedLog>): ZipFile {
  return makeZip(
    ...files.flatMap(({ name, tailBytes = Infinity }) => {
      const content = logs.get(name)?.content;
      return content ? [[name, content.subarray(-tailBytes)] as const] : [];
    }),
  );
}

export function sendZip(response: ServerResponse, zip: ZipFile): void {
  response.setHeader("content-type", "application/zip");
  zip.outputStream.pipe(response);
}
