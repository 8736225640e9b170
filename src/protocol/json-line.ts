import type { Level } from "./log-head.ts";

/** How Serilog (also its compact form), NLog, Bunyan, pino and others call what a line has, in small letters. */
const TIME = ["@t", "time", "timestamp", "@timestamp", "ts", "datetime", "date"];
const LEVEL = ["@l", "level", "severity", "lvl", "levelname", "loglevel"];
const MESSAGE = ["@m", "renderedmessage", "message", "msg", "@mt", "messagetemplate"];
const EXCEPTION = ["@x", "exception", "err", "stack", "stacktrace"];
const LOGGER = ["sourcecontext", "logger", "loggername"];
/** Bunyan's and pino's, by tens. */
const NUMBERED: Level[] = ["none", "trace", "debug", "info", "warn", "error", "fatal"];
const PLACE = /\{[@$]?(?<name>\w+)(?:,-?\d+)?(?::[^}]*)?\}/gu;

type Fields = Record<string, unknown>;

/**
 * Reads a line that is a JSON object with a time and a message as lines of text, as other loggers write them: time, level, where it
 * was written, message, and the exception below it. @returns null for any other line.
 */
export function readJsonLine(line: string): string[] | null {
  if (!line.startsWith("{") || !line.trimEnd().endsWith("}")) return null;
  const fields = parseFields(line);
  if (!fields) return null;
  const properties = isFields(fields.properties) ? lowered(fields.properties) : {};
  const find = (names: string[]) =>
    names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  const time = timeText(find(TIME));
  const message = find(MESSAGE);
  if (time === null || typeof message !== "string") return null;
  const rendered = message.replace(PLACE, (place, name: string) => {
    const value = fields[name.toLowerCase()] ?? properties[name.toLowerCase()];
    return value === undefined ? place : valueText(value);
  });
  const logger = find(LOGGER) ?? properties.sourcecontext;
  const head = `${time} ${levelText(find(LEVEL))} ${typeof logger === "string" ? `[${logger}] ` : ""}- `;
  return `${head}${rendered}\n${exceptionText(find(EXCEPTION))}`.trimEnd().split(/\r?\n/u);
}

function parseFields(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? lowered(value) : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lowered(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
}

function timeText(time: unknown): string | null {
  if (typeof time === "string") return time;
  if (typeof time !== "number") return null;
  const date = new Date(time < 1e11 ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Serilog leaves it out for information. */
function levelText(level: unknown): string {
  if (typeof level === "number") return (NUMBERED[Math.round(level / 10)] ?? "none").toUpperCase();
  return typeof level === "string" && /^\w{1,20}$/u.test(level) ? level.toUpperCase() : "INFO";
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function exceptionText(exception: unknown): string {
  if (typeof exception === "string") return exception;
  if (!isFields(exception)) return "";
  const { stack, message, type, name } = lowered(exception);
  const first = [type ?? name, message].filter((text) => typeof text === "string").join(": ");
  return typeof stack === "string" ? stack : first;
}
