import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { json } from "node:stream/consumers";
import type { Test } from "tap";
import {
  configurationId,
  type LogKinds,
  type LogPatternTrial,
  type TaughtPatterns,
} from "../../src/protocol/log-patterns.ts";
import { makeCertificate } from "./certificate.ts";
import { listen, sendJson, sendRefusal } from "./listen.ts";
import { type Reported, reportAt } from "./outcomes.ts";

/** How it answers a call, instead of the usual. */
type Answering = (response: ServerResponse) => void;

const NONE = { count: 0, last: null };
const NOTHING = { attempted: NONE, succeeded: NONE, failed: NONE, contradictions: NONE };
export const NO_TRIAL: LogPatternTrial = { ...NOTHING, lines: 1_000, isCut: false };

/** A POS server over HTTPS whose agent can be taught. */
export class TeachableServer {
  address = "";
  fingerprint: string | null = null;
  /** What it was taught, newest last. */
  taught: (TaughtPatterns | null)[] = [];
  tried: TaughtPatterns[] = [];
  periods: URLSearchParams[] = [];
  polls = 0;
  kinds: LogKinds = { kinds: [], lines: 0, isCut: false };
  trial = NO_TRIAL;
  reported: Reported = {};
  instead = new Map<string, Answering>();
  /** Its agent answers 404 to all calls but polls. */
  isOutdated = false;
}

export function kindOf(
  text: string,
  changes: Partial<LogKinds["kinds"][number]> = {},
): LogKinds["kinds"][number] {
  return { text, level: "INFO", count: 1, example: text, firstAt: null, lastAt: null, ...changes };
}

export async function startTeachableServer(t: Test, now: () => number) {
  const certificate = await sharedCertificate();
  const server = new TeachableServer();
  server.fingerprint = certificate.fingerprint;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://pos");
    const call = `${request.method} ${pathname}`;
    const instead = server.instead.get(call);
    if (instead) return instead(response);
    if (call === "GET /v1/status") {
      server.polls += 1;
      const agent = { configurationId: configurationId(server.taught.at(-1) ?? null) };
      return sendJson(response, 200, reportAt(now(), { agent, ...server.reported }));
    }
    if (server.isOutdated) return sendRefusal(response, 404, "not_found");
    if (call === "GET /v1/log-kinds") {
      server.periods.push(searchParams);
      return sendJson(response, 200, server.kinds);
    }
    if (call === "POST /v1/log-pattern-trials") {
      server.tried.push((await json(request)) as TaughtPatterns);
      return sendJson(response, 200, server.trial);
    }
    if (call === "PUT /v1/configuration") {
      const { logs } = (await json(request)) as { logs: TaughtPatterns | null };
      server.taught.push(logs);
      return sendJson(response, 200, { configurationId: configurationId(logs) });
    }
    sendRefusal(response, 404, "not_found");
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
  server.address = `https://127.0.0.1:${await listen(t, createServer(certificate, onRequest))}`;
  return server;
}

let certificate: ReturnType<typeof makeCertificate> | null = null;
const sharedCertificate = () => (certificate ??= makeCertificate());

/** Answers with an error of the protocol. */
export function refuse(status: number, error: string, message = ""): Answering {
  return (response) => sendRefusal(response, status, error, message);
}
