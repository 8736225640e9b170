import { closeSync, mkdirSync, openSync, utimesSync, writeSync } from "node:fs";
import path from "node:path";
import { formatLogLine, formatLogTime, type LineLevel } from "./log-line.ts";
import { createCardNumber, createPhone } from "./loyalty.ts";
import { type Random, seededRandom } from "./random.ts";

const MINUTE_MS = 60_000;
const MINUTES = 24 * 60;
const SEED = 300;
const TEMPLATES = 12;
const MS_BETWEEN_LINES = 40;
const SHARE_OF_ERRORS = 0.002;
/** Stands for `2026-11-24 13:42` at the start of a line. */
const MINUTE_MARK = "0000-00-00 00:00";
/** Before the newest exchange, so that the agent need not read the whole file. */
const CLOSED_AGO_MS = 5 * MINUTE_MS;

const TRACE_STACK_TRACE = [
  "",
  "System.IO.IOException: Удалённый узел разорвал соединение",
  "   в iikoCard5.Pos.Tills.TillConnection.Send(Byte[] answer)",
  "   в iikoCard5.Pos.Tills.TillSession.Answer(TillRequest request)",
].join("\r\n");

/** The lines of one minute, and the places where the minute is to be written. */
interface MinuteTemplate {
  bytes: Buffer;
  marks: number[];
}

interface TraceLog {
  file: string;
  /** Approximate; may be hundreds of megabytes. */
  bytes: number;
  /** ms UTC: the lines are of the day before. */
  now: number;
  utcOffsetMinutes: number;
}

/** Writes a trace of the tills for the last day by repeating a few minutes. */
export function writeTraceLog({ file, bytes, now, utcOffsetMinutes }: TraceLog): void {
  const random = seededRandom(SEED);
  const templates = Array.from({ length: TEMPLATES }, () => createMinute(random, bytes / MINUTES));
  const closedAt = Math.floor((now - CLOSED_AGO_MS) / MINUTE_MS) * MINUTE_MS;
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, "w");
  try {
    for (let minute = closedAt - MINUTES * MINUTE_MS; minute < closedAt; minute += MINUTE_MS) {
      const time = formatLogTime(minute, utcOffsetMinutes).slice(0, MINUTE_MARK.length);
      writeSync(descriptor, fillIn(random.pick(templates), time));
    }
  } finally {
    closeSync(descriptor);
  }
  utimesSync(file, new Date(closedAt), new Date(closedAt));
}

/** Overwrites the template: copying it for every minute would be most of the work. */
function fillIn({ bytes, marks }: MinuteTemplate, time: string): Buffer {
  const stamp = Buffer.from(time);
  for (const mark of marks) bytes.set(stamp, mark);
  return bytes;
}

function createMinute(random: Random, bytes: number): MinuteTemplate {
  const lines: string[] = [];
  let length = 0;
  for (let line = 0; length < bytes; line += 1) {
    const text = createLine(random, line * MS_BETWEEN_LINES);
    lines.push(text);
    length += Buffer.byteLength(text);
  }
  const minute = Buffer.from(lines.join(""));
  return { bytes: minute, marks: findAll(minute, MINUTE_MARK) };
}

function createLine(random: Random, at: number): string {
  const millisecond = Math.min(at, MINUTE_MS - 1);
  const second = formatLogTime(millisecond, 0).slice("1970-01-01 00:00".length);
  const write = (level: LineLevel, text: string) =>
    formatLogLine(`${MINUTE_MARK}${second}`, level, random.integer(20, 60), text);
  const till = random.integer(1, 4);
  const guest = `телефон ${createPhone(random)}, карта ${createCardNumber(random)}`;
  if (random.fraction() < SHARE_OF_ERRORS)
    return write("ERROR", `Касса ${till}: ответ не доставлен, ${guest}${TRACE_STACK_TRACE}`);
  const request = random.integer(100_000, 999_999);
  return random.pick([
    () => write("DEBUG", `Касса ${till} → запрос ${request}: найти гостя, ${guest}`),
    () => write("DEBUG", `Касса ${till} ← ответ ${request}: 200 за ${random.integer(1, 90)} мс, ${guest}`),
    () => write("DEBUG", `Запрос ${request}: кошельков ${random.integer(1, 3)}, из кэша, ${guest}`),
    () => write("DEBUG", `Очередь касс: ${random.integer(0, 5)}, память ${random.integer(180, 260)} МБ`),
  ])();
}

function findAll(bytes: Buffer, text: string): number[] {
  const positions: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) positions.push(at);
  return positions;
}
