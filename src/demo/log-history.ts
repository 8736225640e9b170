import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import { type DemoPosServer, isServiceStopped } from "./chain.ts";
import {
  createFailingHour,
  createSuccessfulHour,
  createTillHour,
  HOUR_MARK,
  type HourTemplate,
  NUMBER_MARK,
  REVISION_MARK,
} from "./log-templates.ts";
import { formatLogDate, formatLogTime } from "./log-time.ts";
import { type LogEntry, type LogStyle, type LogWording, wordingOf } from "./log-wording.ts";
import { type Random, seededRandom } from "./random.ts";
import { exchangeFailureOf, isExchanging, TROUBLE_AGE_MS } from "./troubles.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MINUTES_PER_HOUR = 60;
const SEED = 20_261_124;
const TEMPLATES_OF_A_KIND = 24;
const OPENS_AT_HOUR = 9;
const CLOSES_AT_HOUR = 23;
const HOURS_BETWEEN_REVISIONS = 3;
const EXCHANGES_PER_HOUR = 30;
/** The unknown wording needs some failures as examples. */
const SHARE_OF_LOST: Record<LogStyle, number> = {
  russian: 0.001,
  english: 0.001,
  json: 0.001,
  unconfirmed: 0.001,
  unknown: 0.04,
};

interface DayFiles {
  sync: string;
  till: string;
}

/** The last days of a POS server's logs, up to `now` (ms UTC) and `revision`. */
interface LogHistory {
  posServer: DemoPosServer;
  logsFolder: string;
  now: number;
  days: number;
  revision: number;
}

type Templates = Record<"successful" | "failing" | "busy" | "quiet", HourTemplate[]>;

/** Templates of hours make writing fast. @returns a function that writes a POS server's history. */
export function createLogHistory(): (history: LogHistory) => void {
  const random = seededRandom(SEED);
  const several = (create: () => HourTemplate) => Array.from({ length: TEMPLATES_OF_A_KIND }, create);
  const ofStyle = new Map<LogStyle, Omit<Templates, "failing">>();

  function createTemplates(style: LogStyle, wording: LogWording): Omit<Templates, "failing"> {
    return {
      successful: several(() => createSuccessfulHour(random, wording, SHARE_OF_LOST[style])),
      busy: several(() => createTillHour(random, wording, true)),
      quiet: several(() => createTillHour(random, wording, false)),
    };
  }

  return (history) => {
    const { posServer, now, days } = history;
    const wording = wordingOf(posServer);
    const common = ofStyle.get(posServer.logStyle) ?? createTemplates(posServer.logStyle, wording);
    ofStyle.set(posServer.logStyle, common);
    const failure = exchangeFailureOf(posServer);
    const failing = failure ? several(() => createFailingHour(random, wording, failure)) : [];
    const templates = { ...common, failing };
    const firstDay = startOfLocalDay(now, posServer.utcOffsetMinutes) - (days - 1) * DAY_MS;
    for (let day = firstDay; day <= now; day += DAY_MS) {
      const files: DayFiles = { sync: "", till: "" };
      const end = Math.min(day + DAY_MS, now);
      for (let hour = day; hour < end; hour += HOUR_MS) addHour(files, history, hour, templates, random);
      saveDay(files, history, day, end);
    }
  };
}

function addHour(
  files: DayFiles,
  { posServer, now, revision }: LogHistory,
  hour: number,
  templates: Templates,
  random: Random,
): void {
  const { scenario, utcOffsetMinutes } = posServer;
  const localHour = formatLogTime(hour, utcOffsetMinutes).slice(0, "2026-11-24 13".length);
  const troubleAt = isExchanging(scenario) ? now : now - (TROUBLE_AGE_MS[scenario] ?? 0);
  const troubleMinute = minuteWithin(hour, troubleAt);
  const lastMinute = minuteWithin(hour, now);

  let sync = minutesOf(templates.successful, 0, troubleMinute, random);
  const wording = wordingOf(posServer);
  const begin = troubleAt >= hour && troubleAt < hour + HOUR_MS ? troubleEntry(posServer, wording) : null;
  if (begin) sync += wording.format(formatLogTime(troubleAt, utcOffsetMinutes), begin);
  if (templates.failing.length > 0) sync += minutesOf(templates.failing, troubleMinute, lastMinute, random);

  const isStopped = isServiceStopped(posServer);
  const hourOfDay = Number(localHour.slice(-2));
  const isOpen = hourOfDay >= OPENS_AT_HOUR && hourOfDay < CLOSES_AT_HOUR;
  const tillTemplates = isOpen ? templates.busy : templates.quiet;
  const till = minutesOf(tillTemplates, 0, isStopped ? troubleMinute : lastMinute, random);

  const hoursSinceRevision = Math.floor((now - hour) / HOUR_MS);
  const revisionThen = String(
    Math.max(1, revision - Math.floor(hoursSinceRevision / HOURS_BETWEEN_REVISIONS)),
  );
  files.sync += numberExchanges(sync, hourOfDay * EXCHANGES_PER_HOUR)
    .replaceAll(HOUR_MARK, localHour)
    .replaceAll(REVISION_MARK, revisionThen);
  files.till += till.replaceAll(HOUR_MARK, localHour);
}

function minuteWithin(hour: number, at: number): number {
  return Math.min(MINUTES_PER_HOUR, Math.max(0, Math.floor((at - hour) / MINUTE_MS)));
}

function minutesOf(templates: HourTemplate[], from: number, to: number, random: Random): string {
  return random.pick(templates).slice(from, to).join("");
}

/** Each exchange has its number at its beginning and at its end. */
function numberExchanges(text: string, before: number): string {
  let marks = 0;
  return text.replaceAll(NUMBER_MARK, () => String(before + 1 + Math.floor(marks++ / 2)));
}

/** The entry with which the scenario's trouble begins; null = none. */
function troubleEntry(posServer: DemoPosServer, wording: LogWording): LogEntry | null {
  if (posServer.scenario === "exchange_hangs") return wording.exchangeStarted("");
  return isServiceStopped(posServer) ? wording.serviceStopped() : null;
}

function saveDay(files: DayFiles, { posServer, logsFolder }: LogHistory, day: number, end: number): void {
  const { utcOffsetMinutes, logEncoding } = posServer;
  const folder = path.join(logsFolder, formatLogDate(day, utcOffsetMinutes));
  const writtenAt = new Date(end - 1);
  for (const [name, text] of Object.entries({ "sync.log": files.sync, "pos.log": files.till })) {
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
