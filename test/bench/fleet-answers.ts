import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { exampleReport } from "../helpers/pos-server.ts";
import { fleetCrmId, fleetPosServerId } from "./fleet-plan.ts";

const NOW = "0000-01-01T00:00:00.000Z";
const ONE_IN_WITH_SYNC_ERROR = 25;
export const SYNC_ERROR = "нарушена целостность базы";

/** An answer whose times and identity are patched in place, so that no JSON is made for a poll. */
interface Template {
  bytes: Buffer;
  identityAt: number;
  crmIdAt: number;
  timesAt: number[];
}

const healthy = makeTemplate(null);
const withSyncError = makeTemplate({ at: NOW, message: SYNC_ERROR });

export const HTTP_500 = Buffer.from("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
export const GARBAGE = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n<html>no JSON</html>\r\n");

/** Whether POS server n, when it answers, reports a failed exchange. */
export function hasSyncError(n: number): boolean {
  return n % ONE_IN_WITH_SYNC_ERROR === 7;
}

/** The report of POS server n alone, without HTTP. */
export function statusReport(n: number): Buffer {
  const answer = statusAnswer(n);
  return answer.subarray(answer.indexOf("\r\n\r\n") + 4);
}

/** The whole HTTP answer of POS server n: it exchanged just now, or failed to, one in 25. */
export function statusAnswer(n: number): Buffer {
  const { bytes, identityAt, crmIdAt, timesAt } = hasSyncError(n) ? withSyncError : healthy;
  const answer = Buffer.from(bytes);
  answer.write(fleetPosServerId(n), identityAt, "latin1");
  answer.write(fleetCrmId(n), crmIdAt, "latin1");
  const now = new Date().toISOString();
  for (const at of timesAt) answer.write(now, at, "latin1");
  return answer;
}

function makeTemplate(error: { at: string; message: string } | null): Template {
  const report = exampleReport({
    posServerId: fleetPosServerId(0),
    crmId: fleetCrmId(0),
    time: NOW,
    sync: { lastAttemptAt: NOW, lastSuccessAt: NOW, error },
  });
  const body = Buffer.from(JSON.stringify(report));
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), body]);
  return {
    bytes,
    identityAt: bytes.indexOf(fleetPosServerId(0)),
    crmIdAt: bytes.indexOf(`"${fleetCrmId(0)}"`) + 1,
    timesAt: indexesOf(bytes, NOW),
  };
}

function indexesOf(bytes: Buffer, text: string): number[] {
  const indexes: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) indexes.push(at);
  return indexes;
}

/** The whole HTTP answer to a search: one in ten has found something in each of the last hours. */
export function searchAnswer(n: number): Buffer {
  const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const hours =
    n % 10 === 0 ? [3, 2, 1, 0].map((ago) => ({ from: isoOf(hour - ago * HOUR_MS), count: n + 1 })) : [];
  const at = hours.length > 0 ? isoOf(Date.now()) : null;
  const body = JSON.stringify({
    count: hours.length * (n + 1),
    firstAt: hours[0]?.from ?? null,
    lastAt: at,
    hours,
    files: [],
    entries: at
      ? [{ at, level: "ERROR", text: `Exchange failed: ${SYNC_ERROR} (guest_wallet)`, file: "sync.log" }]
      : [],
    unread: { files: 0, bytes: 0, limit: null },
  });
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
