/**
 * A fleet of simulated POS servers for benches, in a process of its own: `node test/bench/fleet.ts [--tls]
 * [--addresses 8] [--failing-percent 5]`. POS server n answers `GET /<n>/v1/status` at one of the origins, and searches of its log. Prints one
 * line of JSON (`FleetReady`) when it listens; ends on SIGTERM or when its standard input ends.
 */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { parseArgs } from "node:util";
import { makeCertificate } from "../helpers/certificate.ts";
import { GARBAGE, HTTP_500, searchAnswer, statusAnswer } from "./fleet-answers.ts";
import { type FleetReady, misdeedOf } from "./fleet-plan.ts";

const BACKLOG = 4_096;
const REQUEST_LINE = /^GET \/(\d+)\/v1\/status /;
const SEARCH_LINE = /^POST \/(\d+)\/v1\/log-searches /;
/** How long a search takes at most. */
const SEARCH_MS = 1_000;

const { values } = parseArgs({
  options: {
    tls: { type: "boolean", default: false },
    // The ports of one address do not last for a new connection each of 100,000 POS servers a minute.
    addresses: { type: "string", default: "8" },
    "failing-percent": { type: "string", default: "5" },
  },
});
const failingPercent = Number(values["failing-percent"]);
const certificate = values.tls ? await makeCertificate() : null;

const origins: string[] = [];
for (let last = 1; last <= Number(values.addresses); last += 1) {
  const host = `127.0.0.${last}`;
  origins.push(`${certificate ? "https" : "http"}://${host}:${await listenAt(host)}`);
}
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
const ready: FleetReady = { origins, fingerprint: certificate?.fingerprint ?? null, failingPercent };
process.stdout.write(`${JSON.stringify(ready)}\n`);

async function listenAt(host: string): Promise<number> {
  const server: Server = certificate
    ? createTlsServer(certificate, serve)
    : createServer({ noDelay: true }, serve);
  server.listen({ host, port: 0, backlog: BACKLOG });
  await once(server, "listening");
  const address = server.address();
  if (!address || typeof address === "string") throw new Error(`cannot listen at ${host}`);
  return address.port;
}

/** No HTTP parser: a request of the monitor arrives whole, and the bench is about the monitor. */
function serve(socket: Socket): void {
  socket.setEncoding("latin1");
  socket.on("error", () => socket.destroy()); // the monitor goes away from hanging ones
  socket.on("data", (request: string) => {
    const searching = SEARCH_LINE.exec(request)?.[1];
    if (searching !== undefined) {
      setTimeout(() => socket.end(searchAnswer(Number(searching))), (Number(searching) * 7_919) % SEARCH_MS);
      return;
    }
    if (!request.startsWith("GET ")) return; // the order of a search
    const n = Number(REQUEST_LINE.exec(request)?.[1]);
    const misdeed = misdeedOf(n, failingPercent);
    if (misdeed === "hanging") return;
    const answer = misdeed === "http_500" ? HTTP_500 : misdeed === "garbage" ? GARBAGE : statusAnswer(n);
    if (request.includes("\r\nconnection: close\r\n")) socket.end(answer);
    else socket.write(answer);
  });
}
