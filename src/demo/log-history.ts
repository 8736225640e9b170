import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../protocol/time-units.ts";
import { type DemoPosServer, isServiceStopped } from "./chain.ts";
import { failingMinute, type LogMinute, successfulMinute, tillMinute } from "./log-minutes.ts";
import { formatLogDate, formatLogTime } from "./log-time.ts";
import { type LogEntry, type LogWording, wordingOf } from "./log-wording.ts";
import type { Random } from "./random.ts";
import { exchangeFailureOf, isExchanging, troubleAgeMs } from "./troubles.ts";

const MINUTES_PER_HOUR = 60;
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR;
const OPENS_AT_HOUR = 9;
const CLOSES_AT_HOUR = 23;
const MINUTES_BETWEEN_EXCHANGES = 2;
const SHARE_OF_LOST = 0.001;
/** The unknown wording needs some failures as examples. */
const UNKNOWN_SHARE_OF_LOST = 0.04;

/** The date that stands in a day's lines instead of another one. */
const DATE_MARK = formatLogDate(0, 0);
const REVISION_MARK = "{revision}";

/** The last days of a POS server's logs, up to `now` (ms UTC) and `revision`. */
interface LogHistory {
  posServer: DemoPosServer;
  logsFolder: string;
  now: number;
  days: number;
  revision: number;
  random: Random;
}

/** Its days are the same but for their dates, which makes writing fast. */
export function writeLogHistory(history: LogHistory): void {
  const { posServer, now, days } = history;
  const { scenario, utcOffsetMinutes } = posServer;
  const lines = createLines(history);
  const wording = wordingOf(posServer);
  const troubleAt = isExchanging(scenario) ? now : now - troubleAgeMs(scenario);
  const begin = troubleEntry(posServer, wording);
  const today = startOfLocalDay(now, utcOffsetMinutes);

  for (let daysAgo = days - 1; daysAgo >= 0; daysAgo -= 1) {
    const day = today - daysAgo * DAY_MS;
    const linesOf = (minutes: readonly string[], from: number, to: number) =>
      minutes
        .slice(minuteWithin(day, from), minuteWithin(day, to))
        .join("")
        .replaceAll(DATE_MARK, formatLogDate(day, utcOffsetMinutes))
        .replaceAll(REVISION_MARK, String(history.revision - daysAgo));
    const isFirstDay = troubleAt >= day && troubleAt < day + DAY_MS;
    const trouble =
      begin && isFirstDay ? wording.format(formatLogTime(troubleAt, utcOffsetMinutes), begin) : "";
    const sync = linesOf(lines.successful, day, troubleAt) + trouble + linesOf(lines.failing, troubleAt, now);
    const till = linesOf(lines.till, day, isServiceStopped(posServer) ? troubleAt : now);
    saveDay({ "sync.log": sync, "pos.log": till }, history, day, Math.min(day + DAY_MS, now));
  }
}

/** The lines of one day by minute, with marks. */
function createLines({ posServer, random }: LogHistory): Record<"successful" | "failing" | "till", string[]> {
  const wording = wordingOf(posServer);
  const failure = exchangeFailureOf(posServer);
  const shareOfLost = posServer.logStyle === "unknown" ? UNKNOWN_SHARE_OF_LOST : SHARE_OF_LOST;

  function eachMinute(entriesOf: (minute: number) => LogMinute): string[] {
    return Array.from({ length: MINUTES_PER_DAY }, (_, minute) => {
      const lines = entriesOf(minute).flatMap(([second, ...entries]) => {
        const at = minute * MINUTE_MS + second * SECOND_MS + random.integer(0, 999);
        return entries.map((entry) => wording.format(formatLogTime(at, 0), entry));
      });
      return lines.join("");
    });
  }

  return {
    successful: eachMinute((minute) => {
      const number = 1 + minute / MINUTES_BETWEEN_EXCHANGES;
      const exchange = { number, revision: REVISION_MARK, shareOfLost };
      return Number.isInteger(number) ? successfulMinute(random, wording, exchange) : [];
    }),
    failing: failure
      ? eachMinute((minute) => failingMinute(random, wording, { number: minute, failure }))
      : [],
    till: eachMinute((minute) => {
      const hour = minute / MINUTES_PER_HOUR;
      return tillMinute(random, wording, minute, hour >= OPENS_AT_HOUR && hour < CLOSES_AT_HOUR);
    }),
  };
}

function minuteWithin(day: number, at: number): number {
  return Math.min(MINUTES_PER_DAY, Math.max(0, Math.floor((at - day) / MINUTE_MS)));
}

/** The entry with which the scenario's trouble begins; null = none. */
function troubleEntry(posServer: DemoPosServer, wording: LogWording): LogEntry | null {
  if (posServer.scenario === "exchange_hangs") return wording.exchangeStarted(0);
  return isServiceStopped(posServer) ? wording.serviceStopped() : null;
}

function saveDay(
  texts: Record<string, string>,
  { posServer, logsFolder }: LogHistory,
  day: number,
  end: number,
): void {
  const { utcOffsetMinutes, logEncoding } = posServer;
  const folder = path.join(logsFolder, formatLogDate(day, utcOffsetMinutes));
  const writtenAt = new Date(end - 1);
  for (const [name, text] of Object.entries(texts)) {
    if (!text) continue;
    const file = path.join(folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, iconv.encode(text, logEncoding));
    utimesSync(file, writtenAt, writtenAt);
  }
}

function startOfLocalDay(at: number, utcOffsetMinutes: number): number {
  const offsetMs = utcOffsetMinutes * MINUTE_MS;
  return Math.floor((at + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
}
