import type { ExchangeFailure, LogEntry, LogWording } from "./log-wording.ts";
import { createCardNumber, createPhone } from "./loyalty.ts";
import type { Random } from "./random.ts";

const MINUTES_BETWEEN_STACK_TRACES = 10;
const MINUTES_BETWEEN_HEALTH_LINES = 10;
const BUSY_REQUESTS_PER_MINUTE = 2;
const SHARE_OF_SLOW_REQUESTS = 0.05;
const SHARE_OF_FAILED_REQUESTS = 0.004;
/** How long a silent main server is waited for. */
const SECONDS_UNTIL_TIMEOUT = 30;
const MOST_ROWS = 40;

/** The entries of one minute, by the second in which they are written. */
export type LogMinute = [second: number, ...entries: LogEntry[]][];

/** One exchange that succeeds. @param shareOfLost of connections that get lost instead, from 0 to 1. */
export function successfulMinute(
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
export function failingMinute(
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

/** In one of several spellings. */
function mentionGuest(random: Random, wording: LogWording): string {
  const phone = createPhone(random);
  const card = createCardNumber(random);
  return random.pick([
    wording.guest(phone, card),
    wording.guest(phone.replace(/[()]/g, ""), card.replaceAll(" ", "")),
    `phone=${phone.replace(/\D/g, "")} card=${card.replaceAll(" ", "")}`,
  ]);
}
