import { request as callHttp } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { join } from "node:path";
import { pipeline } from "node:stream";
import Fastify from "fastify";
import { createDialOut, type DialOut } from "../../src/agent/dial-out/dial-out.ts";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import type { Owner } from "./owner.ts";
import { POS_SERVER_ID, TOKEN } from "./pos-server.ts";
import { changeRows } from "./rows.ts";

/** The ways in which the monitor reaches a POS server. */
export const WAYS = ["direct", "dial_out"] as const;
export type Way = (typeof WAYS)[number];

/** Lets the only POS server of a data folder, which was registered by its address, be reached in a way. */
export async function reachBy(dataDir: string, way: Way): Promise<void> {
  if (way === "direct") return;
  const { db } = openDatabase(join(dataDir, DATABASE_FILE), 5_000);
  await changeRows(db, "posServer", { connection: way, address: null, identity: POS_SERVER_ID });
  await db.destroy();
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

function passOn(address: string, request: Http2ServerRequest, response: Http2ServerResponse): void {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !name.startsWith(":")),
  );
  const onwards = callHttp(new URL(request.url, address), { method: request.method, headers });
  onwards.once("response", (answer) => {
    const {
      connection: _connection,
      "keep-alive": _alive,
      "transfer-encoding": _coding,
      ...told
    } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, told);
    pipeline(answer, response, () => onwards.destroy());
  });
  onwards.once("error", () => response.stream?.close());
  response.once("close", () => onwards.destroy());
  request.pipe(onwards);
}
