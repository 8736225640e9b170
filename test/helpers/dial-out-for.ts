import { request as callHttp, type IncomingHttpHeaders } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { pipeline } from "node:stream";
import Fastify from "fastify";
import { createDialOut, type DialOut } from "../../src/agent/dial-out/dial-out.ts";
import { withDatabase } from "./monitor-process.ts";
import type { Owner } from "./owner.ts";
import { POS_SERVER_ID, TOKEN } from "./pos-server.ts";
import { changeRows } from "./rows.ts";

/** The ways in which the monitor reaches a POS server. */
export const WAYS = ["direct", "dial_out"] as const;
export type Way = (typeof WAYS)[number];

/** Lets the only POS server of a data folder, which was registered by its address, be reached in a way. */
export async function reachBy(dataDir: string, way: Way): Promise<void> {
  if (way === "direct") return;
  const changes = { connection: way, address: null, identity: POS_SERVER_ID };
  await withDatabase(dataDir, (db) => changeRows(db, "posServer", changes));
}

/** Dials out to a monitor as an agent does, for a POS server that a test serves at an address. */
export function dialOutFor(t: Owner, monitor: string, address: string): DialOut {
  const dialOut = createDialOut({
    readTarget: async () => ({ monitor, pins: [], trustsAuthorities: true, proxy: "none" }),
    identity: { posServerId: POS_SERVER_ID, token: TOKEN },
    answer: (request, response) => passOn(address, request, response),
    log: Fastify().log,
  });
  t.teardown(() => dialOut.close());
  return dialOut;
}

const HOP_BY_HOP = /^:|^connection$|^keep-alive$|^transfer-encoding$/;
const passedOn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name)));

function passOn(address: string, request: Http2ServerRequest, response: Http2ServerResponse): void {
  const { method, url } = request;
  const onwards = callHttp(new URL(url, address), { method, headers: passedOn(request.headers) });
  onwards.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedOn(answer.headers));
    pipeline(answer, response, () => onwards.destroy());
  });
  onwards.once("error", () => response.stream?.close());
  response.once("close", () => onwards.destroy());
  request.pipe(onwards);
}
