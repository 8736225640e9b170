import type { IncomingMessage, ServerResponse } from "node:http";
import type { LogSearchOrder, LogSearchResult } from "../../src/protocol/log-lines.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";
import { listenHttp, sendJson } from "./listen.ts";
import type { Owner } from "./owner.ts";
import { exampleReport } from "./pos-server.ts";

/** What a POS server answers to a search, beside its status. */
export type AnswerSearch = (response: ServerResponse, order: LogSearchOrder) => void;

const unread = { files: 0, bytes: 0, limit: null };
const NOTHING = { count: 0, firstAt: null, lastAt: null, hours: [], files: [], entries: [], unread };

/** What was found: so many entries of an hour, the newest of which says `text`. */
export function foundIn(
  at: string,
  count: number,
  text: string,
  more: Partial<LogSearchResult> = {},
): LogSearchResult {
  const hour = `${at.slice(0, "2026-11-24T09".length)}:00:00.000Z`;
  return {
    ...NOTHING,
    count,
    firstAt: hour,
    lastAt: at,
    hours: [{ from: hour, count }],
    files: [{ name: "sync.log", count }],
    entries: [{ at, level: "ERROR", text, file: "sync.log" }],
    ...more,
  };
}

export const sending =
  (result: LogSearchResult): AnswerSearch =>
  (response) =>
    sendJson(response, 200, result);

export const hanging: AnswerSearch = () => undefined;

/** A POS server over HTTP that searches as it is told, and finds nothing unless told. */
export async function startSearchableServer(t: Owner, answer: AnswerSearch = sending(NOTHING)) {
  const searchable = {
    address: "",
    orders: [] as LogSearchOrder[],
    answer,
    /** How many searches were left before their answer. */
    left: 0,
    reported: {} as Partial<StatusReport>,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/status") return sendJson(response, 200, exampleReport(searchable.reported));
    response.once("close", () => {
      if (!response.writableFinished) searchable.left++;
    });
    const order: LogSearchOrder = JSON.parse((await request.toArray()).join(""));
    searchable.orders.push(order);
    searchable.answer(response, order);
  }

  searchable.address = await listenHttp(t, serve);
  return searchable;
}
