/**
 * A program: a fleet of simulated POS servers, of which so many percent fail. POS server n answers polls at `GET
 * /<n>/v1/status` of one of the origins, and searches of its log. Prints a `Fleet` when it listens.
 */
import { createServer, type Socket } from "node:net";
import { listen } from "../helpers/listen.ts";
import { BENCHMARK, printResult, readInput, stayWithParent } from "./program.ts";
import { type Fleet, failureOf, reportOf, searchResultOf } from "./simulated-fleet.ts";

/** The ports of one address do not last for a new connection each of 100,000 POS servers a minute. */
const ADDRESSES = 8;
const REQUEST = /^(GET|POST) \/(\d+)\/v1\/(?:status|log-searches) /;
/** How long a search takes at most. */
const SEARCH_MS = 1_000;

const { failingPercent }: Pick<Fleet, "failingPercent"> = readInput();
const origins: string[] = [];
for (let last = 1; last <= ADDRESSES; last += 1) {
  const host = `127.0.0.${last}`;
  origins.push(`http://${host}:${await listen(BENCHMARK, createServer({ noDelay: true }, serve), host)}`);
}
printResult({ origins, failingPercent });
stayWithParent();

/** No HTTP parser: a request of the monitor arrives whole, and the bench is about the monitor. */
function serve(socket: Socket): void {
  socket.setEncoding("latin1");
  socket.on("data", (request: string) => {
    const [, method, text] = REQUEST.exec(request) ?? [];
    const n = Number(text);
    // What else comes is the order of a search.
    if (method === "POST") setTimeout(answer, (n * 7_919) % SEARCH_MS, socket, searchResultOf(n));
    if (method === "GET") answerPoll(socket, n);
  });
}

function answerPoll(socket: Socket, n: number): void {
  const failure = failureOf(n, failingPercent);
  if (failure === "http_status") answer(socket, "", "500 Internal Server Error");
  else if (failure === "invalid_json") socket.end("HTTP/1.1 200 OK\r\n\r\n<html>no JSON</html>");
  else if (failure !== "response_timeout") answer(socket, reportOf(n));
}

function answer(socket: Socket, content: unknown, status = "200 OK"): void {
  const body = JSON.stringify(content);
  const head = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`);
}
