import type { Insertable } from "kysely";
import type { LogSearchResult } from "../../protocol/log-lines.ts";
import type { LogSearchItemTable } from "../database/tables/request-tables.ts";
import { askOwn } from "../pos-client/ask-own.ts";
import type { CallFailure } from "../pos-client/calls/failure.ts";
import { agentFailureOf } from "../requests/agent-failure.ts";
import { periodByItsClock, readItsClock } from "../restaurants/pos-server-clock.ts";
import { type CallDependencies, readPosServerToCall } from "../restaurants/pos-server-to-call.ts";
import { mayStillAct } from "../viewer/access.ts";
import { countInBars } from "./bars.ts";
import type { FoundSearch } from "./searches.ts";
import { lineAround } from "./sought-text.ts";

/** What a row keeps of an answer, or of why there is none. */
export type ItemResult = Omit<Insertable<LogSearchItemTable>, "logSearchId" | "posServerId">;

/** An agent that cannot be reached is asked again when it is back. */
const AWAY: readonly string[] = [
  "not_connected",
  "dns",
  "connect_refused",
  "connect_timeout",
  "response_timeout",
];
const BUSY_MS = 2_000;

/**
 * Has one POS server search its logs, if the maker of the search still may.
 * @returns what to save, or when to ask again (ms) an agent that is busy. @throws the signal's reason.
 */
export async function askAgent(
  { db, secretBox, client, clock }: CallDependencies,
  search: FoundSearch,
  posServerId: number,
  signal: AbortSignal,
): Promise<ItemResult | { againAfterMs: number }> {
  const askedAt = clock();
  const failed = (code: string, detail: string | null = null) =>
    ({ status: AWAY.includes(code) ? "away" : "failed", code, detail, askedAt }) as const;
  const asked = { userId: search.userId, userLogin: null, posServerId };
  if (!(await mayStillAct(db, asked, askedAt))) return failed("right_lost");
  const called = await readPosServerToCall(db, secretBox, posServerId);
  if (called.isParked) return failed("parked");
  if (!called.ok) return failed(called.failure.code, called.failure.detail);
  const { clockShiftMs } = await readItsClock(db, posServerId);
  const order = { text: search.text, ...periodByItsClock(search, clockShiftMs ?? 0), limit: 1 };
  const outcome = await askOwn(
    client,
    called.posServer,
    (posServer) => client.searchLogs(posServer, order, signal),
    signal,
  );
  if (outcome.ok) return { status: "done", askedAt, ...found(search, outcome.value, clockShiftMs ?? 0) };
  const failure: CallFailure = outcome.failure;
  const { code, detail } = agentFailureOf(failure);
  return code === "busy" ? { againAfterMs: failure.retryAfterMs ?? BUSY_MS } : failed(code, detail);
}

/** @param shiftMs how far the POS server's clock is behind. */
function found(search: FoundSearch, result: LogSearchResult, shiftMs: number) {
  const { count, firstAt, lastAt, hours, entries, unread } = result;
  const [newest] = entries;
  const byOurClock = (time: string | null) => (time === null ? null : Date.parse(time) + shiftMs);
  const shifted = hours.map((hour) => ({ from: Date.parse(hour.from) + shiftMs, count: hour.count }));
  return {
    count,
    firstAt: byOurClock(firstAt),
    lastAt: byOurClock(lastAt),
    bars: count > 0 ? JSON.stringify(countInBars(search, shifted)) : null,
    line: newest ? lineAround(newest.text, search.text) : null,
    lineAt: newest?.at ? Date.parse(newest.at) : null,
    file: newest?.file ?? null,
    unreadFiles: unread.files,
    unreadBytes: unread.bytes,
  };
}
