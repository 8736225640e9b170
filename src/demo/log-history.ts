import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DemoPosServer, Scenario } from "./chain.ts";
import {
  EXCHANGE_STARTED,
  encodeLogText,
  formatLogDate,
  formatLogLine,
  formatLogTime,
  logFileHead,
} from "./log-line.ts";
import {
  createFailingHour,
  createSuccessfulHour,
  createTillHour,
  HOUR_MARK,
  type HourTemplate,
  REVISION_MARK,
} from "./log-templates.ts";
import { SERVICE_NAME } from "./pos-service.ts";
import { type Random, seededRandom } from "./random.ts";
import { damageReason, silenceReason, TROUBLE_AGE_MS } from "./troubles.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MINUTES_PER_HOUR = 60;
const SEED = 20_261_124;
const TEMPLATES_OF_A_KIND = 24;
const OPENS_AT_HOUR = 9;
const CLOSES_AT_HOUR = 23;
const HOURS_BETWEEN_REVISIONS = 3;
const SERVICE_THREAD = 12;

interface DayFiles {
  sync: string;
  till: string;
}

/** What to write: the last days of one POS server's logs, up to now (ms UTC) and to the revision it has reached. */
export interface LogHistory {
  posServer: DemoPosServer;
  logsFolder: string;
  now: number;
  days: number;
  revision: number;
}

type Templates = Record<"successful" | "busy" | "quiet" | "damaged" | "silent", HourTemplate[]>;

/**
 * Prepares templates of hours once, so that tens of megabytes are written in a second or two.
 * @returns a function that writes the history of one POS server as its scenario has it.
 */
export function createLogHistory(): (history: LogHistory) => void {
  const random = seededRandom(SEED);
  const several = (create: () => HourTemplate) => Array.from({ length: TEMPLATES_OF_A_KIND }, create);
  const templates: Templates = {
    successful: several(() => createSuccessfulHour(random)),
    busy: several(() => createTillHour(random, true)),
    quiet: several(() => createTillHour(random, false)),
    damaged: several(() => createFailingHour(random, damageReason())),
    silent: several(() => createFailingHour(random, silenceReason())),
  };

  return (history) => {
    const { posServer, now, days } = history;
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
  const troubleAt = now - (TROUBLE_AGE_MS[scenario] ?? 0);
  const troubleMinute = minuteWithin(hour, troubleAt);
  const lastMinute = minuteWithin(hour, now);

  let sync = minutesOf(templates.successful, 0, troubleMinute, random);
  if (troubleAt >= hour && troubleAt < hour + HOUR_MS)
    sync += troubleLine(scenario, troubleAt, utcOffsetMinutes);
  if (scenario === "damaged_database")
    sync += minutesOf(templates.damaged, troubleMinute, lastMinute, random);
  if (scenario === "main_server_silent")
    sync += minutesOf(templates.silent, troubleMinute, lastMinute, random);

  const isStopped = scenario === "service_stopped" || scenario === "parked";
  const tillTemplates = isOpen(Number(localHour.slice(-2))) ? templates.busy : templates.quiet;
  const till = minutesOf(tillTemplates, 0, isStopped ? troubleMinute : lastMinute, random);

  const hoursSinceRevision = Math.floor((now - hour) / HOUR_MS);
  const revisionThen = String(
    Math.max(1, revision - Math.floor(hoursSinceRevision / HOURS_BETWEEN_REVISIONS)),
  );
  files.sync += sync.replaceAll(HOUR_MARK, localHour).replaceAll(REVISION_MARK, revisionThen);
  files.till += till.replaceAll(HOUR_MARK, localHour);
}

function isOpen(localHour: number): boolean {
  return localHour >= OPENS_AT_HOUR && localHour < CLOSES_AT_HOUR;
}

function minuteWithin(hour: number, at: number): number {
  return Math.min(MINUTES_PER_HOUR, Math.max(0, Math.floor((at - hour) / MINUTE_MS)));
}

function minutesOf(templates: HourTemplate[], from: number, to: number, random: Random): string {
  return random.pick(templates).slice(from, to).join("");
}

/** The line with which the trouble of this scenario begins; empty where the failures themselves are it. */
function troubleLine(scenario: Scenario, at: number, utcOffsetMinutes: number): string {
  const write = (text: string) =>
    formatLogLine(formatLogTime(at, utcOffsetMinutes), "INFO", SERVICE_THREAD, text);
  if (scenario === "exchange_hangs") return write(EXCHANGE_STARTED);
  if (scenario === "service_stopped" || scenario === "parked")
    return write(`Служба ${SERVICE_NAME} остановлена`);
  return "";
}

function saveDay(files: DayFiles, { posServer, logsFolder }: LogHistory, day: number, end: number): void {
  const { utcOffsetMinutes, logEncoding } = posServer;
  const folder = path.join(logsFolder, formatLogDate(day, utcOffsetMinutes));
  const writtenAt = new Date(end - 1);
  for (const [name, text] of [
    ["sync.log", files.sync],
    ["pos.log", files.till],
  ] as const) {
    if (!text) continue;
    const file = path.join(folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, Buffer.concat([logFileHead(logEncoding), encodeLogText(text, logEncoding)]));
    utimesSync(file, writtenAt, writtenAt);
  }
}

function startOfLocalDay(at: number, utcOffsetMinutes: number): number {
  const offsetMs = utcOffsetMinutes * MINUTE_MS;
  return Math.floor((at + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
}
