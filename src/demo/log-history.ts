import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../protocol/time-units.ts";
import { type DemoPosServer, isServiceStopped } from "./chain.ts";
import { type ExchangeFailure, type LogEntry, type LogWording, wordingOf } from "./log-wording.ts";
import { createCardNumber, createPhone } from "./loyalty.ts";
import privateLines from "./private-lines.json" with { type: "json" };
import type { Random } from "./random.ts";
import { formatLogDate, formatLogTime } from "./service-log.ts";
import { exchangeFailureOf, isExchanging, troubleAgeMs } from "./troubles.ts";

const MINUTES_PER_HOUR = 60;
const MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR;
const OPENS_AT_HOUR = 9;
const CLOSES_AT_HOUR = 23;
const MINUTES_BETWEEN_EXCHANGES = 2;
const SHARE_OF_LOST = 0.001;
/** The unknown wording needs some failures as examples. */
const UNKNOWN_SHARE_OF_LOST = 0.04;

const MINUTES_BETWEEN_STACK_TRACES = 10;
const MINUTES_BETWEEN_HEALTH_LINES = 10;
const BUSY_REQUESTS_PER_MINUTE = 2;
const SHARE_OF_SLOW_REQUESTS = 0.05;
const SHARE_OF_FAILED_REQUESTS = 0.004;
/** How long a silent main server is waited for. */
const SECONDS_UNTIL_TIMEOUT = 30;
const MOST_ROWS = 40;

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
  const failure = exchangeFailureOf(posServer.scenario);
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

/** The entries of one minute, by the second in which they are written. */
type LogMinute = [second: number, ...entries: LogEntry[]][];

/** One exchange that succeeds. @param shareOfLost of connections that get lost instead, from 0 to 1. */
function successfulMinute(
  random: Random,
  wording: LogWording,
  { number, revision, shareOfLost }: { number: number; revision: string; shareOfLost: number },
): LogMinute {
  const second = random.integer(0, 50);
  const durationMs = random.integer(1, 29) * 100;
  const rows = random.integer(1, MOST_ROWS);
  const end =
    random.fraction() < shareOfLost
      ? [wording.exchangeFailed({ number, failure: { kind: "connection_lost" }, guest: null })]
      : wording.exchangeSucceeded({ number, revision, rows, durationMs });
  return [
    [second, wording.exchangeStarted(number)],
    [second + 3, ...end],
  ];
}

/** One exchange that fails; now and then with a stack trace. */
function failingMinute(
  random: Random,
  wording: LogWording,
  { number, failure }: { number: number; failure: ExchangeFailure },
): LogMinute {
  const second = random.integer(0, 20);
  const seconds = failure.kind === "timeout" ? SECONDS_UNTIL_TIMEOUT : 1;
  const guest = number % MINUTES_BETWEEN_STACK_TRACES === 0 ? mentionGuest(random, wording) : null;
  return [
    [second, wording.exchangeStarted(number)],
    [second + seconds, wording.exchangeFailed({ number, failure, guest })],
  ];
}

/** Guests are looked up by phone and card and given bonuses, only when it is busy. @param minute of the day. */
export function tillMinute(random: Random, wording: LogWording, minute: number, isBusy: boolean): LogMinute {
  const isHealthTold = minute % MINUTES_BETWEEN_HEALTH_LINES === 0;
  const health = isHealthTold ? [wording.tillQueue(random.integer(0, 3), random.integer(180, 260))] : [];
  const requests = isBusy ? random.integer(0, BUSY_REQUESTS_PER_MINUTE) : 0;
  return [
    [0, ...health],
    ...Array.from({ length: requests }, (_, index): LogMinute[number] => [
      1 + Math.floor((58 * index) / requests),
      ...tillRequest(random, wording),
    ]),
  ];
}

function tillRequest(random: Random, wording: LogWording): LogEntry[] {
  const till = random.integer(1, 4);
  const card = createCardNumber(random);
  if (random.fraction() < SHARE_OF_FAILED_REQUESTS)
    return [wording.requestFailed(till, mentionGuest(random, wording))];
  const isSlow = random.fraction() < SHARE_OF_SLOW_REQUESTS;
  return [
    wording.guestSought(till, createPhone(random)),
    wording.guestFound(till, card, random.integer(0, 5000)),
    ...(isSlow ? [wording.answerSlow(till, random.integer(1, 9))] : []),
    wording.bonusesGiven(random.integer(10_000, 99_999), random.integer(5, 300), card),
  ];
}

/** In one of many notations; values that must never be seen outside the restaurant stand between ⟦ and ⟧. */
function mentionGuest(random: Random, wording: LogWording): string {
  const phone = createPhone(random);
  const card = createCardNumber(random);
  return random.pick([
    wording.guest(phone, card),
    wording.guest(phone.replace(/[()]/g, ""), card.replaceAll(" ", "")),
    `phone=${phone.replace(/\D/g, "")} card=${card.replaceAll(" ", "")}`,
    ...privateLines.map((line) => line.replace(/[⟦⟧]/g, "")),
  ]);
}
