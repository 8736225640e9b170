import { type Level, readWrittenTime } from "./log-head.ts";

/** How Serilog (also its compact form), NLog, Bunyan, pino, zap, logrus and others call what a line has, in small letters. */
const TIME = ["@t", "time", "timestamp", "@timestamp", "ts", "datetime", "date", "t"];
const LEVEL = ["@l", "level", "severity", "lvl", "levelname", "loglevel", "lev", "l"];
const MESSAGE = [
  "@m",
  "renderedmessage",
  "message",
  "msg",
  "@mt",
  "messagetemplate",
  "text",
  "txt",
  "event",
  "evt",
  "op",
  "m",
];
const EXCEPTION = ["@x", "exception", "err", "stack", "stacktrace"];
const LOGGER = ["sourcecontext", "logger", "loggername", "src"];
/** Where it comes from: shown as other loggers do it. */
const ORIGIN = [
  ...LOGGER,
  "component",
  "comp",
  "category",
  "service",
  "svc",
  "app",
  "application",
  "module",
  "mod",
  "class",
  "file",
  "env",
  "environment",
  "name",
  "source",
  "sourcesystem",
  "method",
  "caller",
  "processname",
  "threadname",
];
/** What is of the machine, and says nothing of what happened. */
const OF_MACHINE =
  /^(?:@\w+|pid|v|ver|version|host|hostname|machine\w*|threadid|thread|processid|line|(?:trace|span|request|req|correlation|connection|event)_?id|(?:restaurant|store|site|pos)_?(?:id)?)$/u;
const NAMED = new Set([TIME, LEVEL, EXCEPTION, ORIGIN].flat());
/** Bunyan's and pino's, by tens. */
const NUMBERED: Level[] = ["none", "trace", "debug", "info", "warn", "error", "fatal"];
const PLACE = /\{[@$]?(?<name>\w+)(?:,-?\d+)?(?::[^}]*)?\}/gu;
/** `level=info msg="exchange done" took=3s`, with nothing but a time before it. */
const LOGFMT =
  /^(?<time>[\d.:,TZ +/-]{0,40} )?(?:[\p{L}_][\p{L}\d_.-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)(?: |$)){2,}$/u;
const PAIR = /(?<name>[\p{L}_][\p{L}\d_.-]*)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s"]*))/gu;
/** Longer lines have been cut before anybody wants to know what they say. */
const MAX_LOGFMT_LENGTH = 16_384;

type Fields = Record<string, unknown>;

/**
 * Reads a line that is a JSON object, or pairs as logfmt has them, with a time and a message as lines of text, as other loggers write
 * them: time, level, where it was written, message with what says how it ended, and the exception below it. @returns null for any
 * other line.
 */
export function readStructuredLine(line: string): string[] | null {
  const given = readJson(line) ?? readLogfmt(line);
  if (!given) return null;
  const written = flattened(given);
  const fields = lowered(written);
  const find = (names: string[]) =>
    names.map((name) => fields[name]).find((value) => value !== undefined && value !== null);
  const texts = Object.values(written).filter((value) => typeof value === "string");
  const time = timeText(find(TIME) ?? texts.find((text) => readWrittenTime(text)?.date));
  const message =
    find(MESSAGE) ?? longest(texts.filter((text) => text.includes(" ") && !readWrittenTime(text)));
  if (time === null || typeof message !== "string") return null;
  const placed = new Set<string>();
  const rendered = message.replace(PLACE, (place, name: string) => {
    const value = fields[name.toLowerCase()];
    placed.add(name.toLowerCase());
    return value === undefined ? place : valueText(value);
  });
  const origins = ORIGIN.map((name) => fields[name]).filter((value) => typeof value === "string");
  const head = `${time} ${levelText(find(LEVEL))} ${origins.length > 0 ? `[${origins.join(" ")}] ` : ""}- `;
  const isOfIt = (name: string) =>
    !NAMED.has(name) && !OF_MACHINE.test(name) && fields[name] !== message && !placed.has(name);
  const told = Object.entries(written)
    .filter(([name, value]) => isOfIt(name.toLowerCase()) && value !== null && value !== "")
    .map(([name, value]) => ` ${name}=${valueText(value)}`);
  return `${head}${rendered}${told.join("")}\n${exceptionText(find(EXCEPTION))}`.trimEnd().split(/\r?\n/u);
}

/** What stands in an object of its own, such as `details`, is told like all else; but what went wrong is told as a whole. */
function flattened(given: Fields): Fields {
  const parts = Object.entries(given).map(([name, value]) =>
    isFields(value) && !/err|exc|fail|result|@x/iu.test(name) ? value : { [name]: value },
  );
  return Object.assign(
    {},
    ...parts,
    Object.fromEntries(Object.entries(given).filter(([, value]) => !isFields(value))),
  );
}

function readJson(line: string): Fields | null {
  if (!line.startsWith("{") || !line.trimEnd().endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function readLogfmt(line: string): Fields | null {
  const groups =
    line.includes("=") && line.length <= MAX_LOGFMT_LENGTH ? LOGFMT.exec(line.trimEnd())?.groups : undefined;
  if (!groups) return null;
  const pairs = [...line.matchAll(PAIR)].map(({ groups: pair }) => [
    pair?.name,
    pair?.quoted?.replace(/\\(.)/gu, "$1") ?? pair?.bare,
  ]);
  return { ...(groups.time && { time: groups.time.trim() }), ...Object.fromEntries(pairs) };
}

function longest(texts: string[]): string | undefined {
  return texts.toSorted((a, b) => b.length - a.length)[0];
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
