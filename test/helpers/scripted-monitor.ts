import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { createServer } from "node:https";
import { join } from "node:path";
import type { Test } from "tap";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { CLOSE_CODES, CONNECT_PATH, SUBPROTOCOL } from "../../src/protocol/dial-out.ts";
import { ENROLMENT_PATH, type EnrolmentOrder, formatEnrolmentCode } from "../../src/protocol/enrolment.ts";
import { type AgentFolder, makeAgentFolder } from "./agent.ts";
import { makeCertificate } from "./certificate.ts";
import { listen } from "./listen.ts";
import { startProgram } from "./program.ts";

export const CODE_SECRET = "the-secret-of-a-code_0123456789";

interface ScriptedAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** How it lets an agent in, and how it says that an administrator has to. */
export const LET_IN = {
  status: 201,
  body: { organization: { name: "ООО «Вкусный дом»", crmId: "100237" }, posServer: { name: "Тверская, 1" } },
};
export const AWAITED = { status: 202, body: { retryAfterSeconds: 1 } };

export type ScriptedMonitor = Awaited<ReturnType<typeof startScriptedMonitor>>;

/** A key of the monitor with a certificate that no authority vouches for; `renew` makes another one of the key. */
export async function makeMonitorKey() {
  const { cert, key } = await makeCertificate();
  const renew = () => makeCertificate("localhost", key);
  return { cert, key, pin: publicKeyPin(new X509Certificate(cert)), renew };
}

export const makeDiallingFolder = (t: Test, settings: Record<string, unknown> = {}) =>
  makeAgentFolder(t, { port: undefined, ...settings });

export function runAgent(t: Test, { root }: AgentFolder, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  return startProgram(t, "src/agent/main.ts", { args: ["--config", join(root, "agent.json"), ...args], env });
}

/** A server of TLS that agents ask to be let in by and connect to, and that does what a test says. */
export async function startScriptedMonitor(t: Test, { path = "" } = {}) {
  const first = await makeMonitorKey();
  /** What agents have posted, from the first. */
  const orders: EnrolmentOrder[] = [];
  const answers: ScriptedAnswer[] = [];
  /** Headers of those that have connected, from the first. */
  const connected: IncomingHttpHeaders[] = [];
  const sockets = new Set<WebSocket>();
  let attempts = 0;
  let open = 0;
  let last: ClientHttp2Session | null = null;

  const server = createServer({ cert: first.cert, key: first.key }, async (request, response) => {
    const isOrder = request.method === "POST" && request.url === `${path}${ENROLMENT_PATH}`;
    if (!isOrder) return response.writeHead(404).end("no such page");
    orders.push(JSON.parse((await request.toArray()).join("")));
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    const { status, body, headers } = answer ?? { status: 500, body: "" };
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  server.on("connection", (socket) => {
    attempts += 1;
    open += 1;
    socket.on("close", () => (open -= 1));
  });
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  server.on("upgrade", (request: IncomingMessage, socket, head) => {
    connected.push(request.headers);
    if (request.url !== `${path}${CONNECT_PATH}`)
      return socket.end("HTTP/1.1 401 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      const stream = createWebSocketStream(webSocket);
      stream.on("error", () => undefined);
      last = connect("http://agent", { createConnection: () => stream });
      last.on("error", () => undefined);
    });
  });
  const port = await listen(t, server);
  const url = `https://127.0.0.1:${port}${path}`;

  return {
    url,
    port,
    first,
    pin: first.pin,
    orders,
    answers,
    connected,
    answerAll: (answer: ScriptedAnswer) => void answers.splice(0, Number.POSITIVE_INFINITY, answer),
    attempts: () => attempts,
    open: () => open,
    code: (pins = [first.pin]) => formatEnrolmentCode({ monitor: url, pins, secret: CODE_SECRET }),
    showKey({ cert, key }: { cert: string; key: string }) {
      server.setSecureContext({ cert, key });
      for (const socket of sockets) socket.close(CLOSE_CODES.changed);
      sockets.clear();
    },
    /** Calls the agent that has connected last. @param signal takes the call back. */
    async call(method: string, path: string, token: string, body?: unknown, signal?: AbortSignal) {
      if (!last) throw new Error("no agent has connected");
      const content = body === undefined ? "" : JSON.stringify(body);
      const headers = {
        ":method": method,
        ":path": path,
        authorization: `Bearer ${token}`,
        ...(content && { "content-type": "application/json" }),
      };
      const stream = last.request(headers, { endStream: content === "", ...(signal && { signal }) });
      if (content) stream.end(content);
      const [answered] = await once(stream, "response");
      return { status: answered[":status"], body: JSON.parse((await stream.toArray()).join("")) as unknown };
    },
  };
}

/** A monitor that answers so, and the folder of an agent. */
export async function startWithFolder(t: Test, ...answers: ScriptedAnswer[]) {
  const monitor = await startScriptedMonitor(t);
  monitor.answers.push(...answers);
  return { monitor, folder: await makeDiallingFolder(t) };
}
