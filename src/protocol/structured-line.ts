import { LEVELS, readWrittenTime } from "./log-head.ts";

/** Field names of Serilog (also its compact form), NLog, Bunyan, pino, zap, logrus and others, in small letters. */
const TIME = ["@t", "time", "timestamp", "@timestamp", "ts", "datetime", "date", "t"];
const LEVEL = ["@l", "level", "severity", "lvl", "levelname", "loglevel", "lev", "sev", "l"];
const MESSAGE = "@m renderedmessage message msg @mt messagetemplate text txt event evt op m".split(" ");
const EXCEPTION = ["@x", "exception", "err", "stack", "stacktrace"];
/** Where an entry was written. */
const ORIGIN = (
  "sourcecontext logger loggername src component comp category service svc app application module mod class file env environment " +
  "name source sourcesystem method caller processname threadname"
).split(" ");
/** Facts of the machine, put in brackets: they say nothing about what happened. */
const OF_MACHINE =
  /^(?:@\w+|pid|proc|rq|v|ver|version|host|hostname|machine\w*|threadid|thread|processid|line|(?:trace|span|request|req|correlation|connection|event)_?id|(?:restaurant|store|site|pos)_?(?:id)?)$/u;
/** Fields with a reason; they come last. */
export const REASONS = "why|reason|cause|detail|err\\w*|exception|причина|ошибка";
const REASON = new RegExp(`^(?:${REASONS})$`, "iu");
/** Names of people say nothing. */
const OF_GUEST =
  /^(?:client|guest|customer|fio|nm|(?:(?:first|last|full|guest|client|user)_?)?name|owner|user|person|cashier|waiter)$/iu;
const NAMED = new Set([TIME, LEVEL, EXCEPTION, ORIGIN].flat());
const PLACE = /\{[@$]?(?<name>\w{1,60})(?:,-?\d{1,4})?(?::[^{}]{0,40})?\}/gu;
/** `level=info msg="exchange done" took=3s`, perhaps after a time. */
const LOGFMT =
  /^(?<time>[\d.:,TZ +/-]{0,40} )?(?:[\p{L}_][\p{L}\d_.-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)(?: |$)){2,}$/u;
const PAIR = /(?<name>[\p{L}_][\p{L}\d_.-]*)=(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s"]*))/gu;
/** Longer lines have been cut before. */
const MAX_LENGTH = 65_536;
/** No reader takes longer brackets for a part of the header. */
const MAX_BRACKET_LENGTH = 100;

type Fields = Map<string, unknown>;

/** Turns JSON or logfmt with a time and a message into lines as other loggers write them, the exception below; null otherwise. */
export function readStructuredLine(line: string): string[] | null {
  if (line.length > MAX_LENGTH) return null;
  try {
    const given = readJson(line) ?? readLogfmt(line);
    return given && render(flattened(given));
  } catch {
    // No JSON, or nested too deeply.
    return null;
  }
}

function render(written: Fields): string[] | null {
  const fields = lowered(written);
  const find = (names: string[]) => names.map((name) => fields.get(name)).find((value) => value != null);
  const texts = [...written].filter((pair): pair is [string, string] => typeof pair[1] === "string");
  const writtenAt = find(TIME) ?? texts.find(([, text]) => readWrittenTime(text)?.date)?.[1];
  const time = timeText(writtenAt);
  const said = texts.filter(
    ([name, text]) =>
      text.includes(" ") && !REASON.test(name) && !OF_GUEST.test(name) && !readWrittenTime(text),
  );
  const [longest] = said.map(([, text]) => text).sort((a, b) => b.length - a.length);
  // Without a message its fields are the text.
  const message = find(MESSAGE) ?? longest ?? "";
  if (time === null || typeof message !== "string") return null;
  const placed = new Set<string>();
  const rendered = message.replace(PLACE, (place, name: string) => {
    const value = fields.get(name.toLowerCase());
    placed.add(name.toLowerCase());
    return value === undefined ? place : valueText(value);
  });
  const origins = ORIGIN.map((name) => fields.get(name)).filter((value) => typeof value === "string");
  const others = [...written].filter(([name, value]) => {
    const small = name.toLowerCase();
    const isStated = value === null || value === "" || value === message || value === writtenAt;
    return !(NAMED.has(small) || placed.has(small) || isStated);
  });
  const facts = Object.groupBy(others, ([name]) =>
    OF_MACHINE.test(name.toLowerCase()) ? "machine" : "text",
  );
  if (message === "" && !facts.text) return null;
  const head = [time, levelText(find(LEVEL)), inBrackets(origins), inBrackets(pairs(facts.machine)), "-"];
  // A reason comes last.
  const listed =
    message === ""
      ? facts.text?.toSorted(([a], [b]) => Number(REASON.test(a)) - Number(REASON.test(b)))
      : facts.text;
  const text = [rendered, ...pairs(listed)].join(" ").trimStart();
  return `${head.filter((part) => part !== "").join(" ")} ${text}\n${exceptionText(find(EXCEPTION))}`
    .trimEnd()
    .split(/\r?\n/u);
}

/** Moves the fields of nested objects such as `details` up one level; errors stay whole. */
function flattened(given: object): Fields {
  const fields: Fields = new Map();
  for (const [name, value] of Object.entries(given)) {
    if (!isObject(value) || /err|exc|fail|result|@x/iu.test(name)) fields.set(name, value);
    else
      for (const [part, inner] of Object.entries(value))
        if (!Object.hasOwn(given, part)) fields.set(part, inner);
  }
  return fields;
}

function inBrackets(parts: string[]): string {
  const text = parts.join(" ").replace(/[[\]]/gu, "|").slice(0, MAX_BRACKET_LENGTH).trim();
  return text === "" ? "" : `[${text}]`;
}

function pairs(fields: [string, unknown][] = []): string[] {
  return fields.map(([name, value]) => `${name}=${valueText(value)}`);
}

/** @throws when it only looks like JSON. */
function readJson(line: string): object | null {
  if (!line.startsWith("{") || !line.trimEnd().endsWith("}")) return null;
  const value: unknown = JSON.parse(line);
  return isObject(value) ? value : null;
}

function readLogfmt(line: string): object | null {
  const groups = line.includes("=") ? LOGFMT.exec(line.trimEnd())?.groups : undefined;
  if (!groups) return null;
  const found = [...line.matchAll(PAIR)].map(({ groups: pair }) => [
    pair?.name,
    pair?.quoted?.replace(/\\(.)/gu, "$1") ?? pair?.bare,
  ]);
  return { ...(groups.time && { time: groups.time.trim() }), ...Object.fromEntries(found) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function lowered(fields: Fields): Fields {
  return new Map([...fields].map(([name, value]) => [name.toLowerCase(), value]));
}

function timeText(time: unknown): string | null {
  if (typeof time === "string") return time;
  if (typeof time !== "number") return null;
  const date = new Date(time < 1e11 ? time * 1000 : time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Serilog omits the level of information. */
function levelText(level: unknown): string {
  // Bunyan's and pino's levels are tens.
  if (typeof level === "number") return (LEVELS[Math.round(level / 10)] ?? "none").toUpperCase();
  return typeof level === "string" && /^\w{1,20}$/u.test(level) ? level.toUpperCase() : "INFO";
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function exceptionText(exception: unknown): string {
  if (typeof exception === "string") return exception;
  if (!isObject(exception)) return "";
  const fields = lowered(new Map(Object.entries(exception)));
  const [stack, message, type, name] = ["stack", "message", "type", "name"].map((key) => fields.get(key));
  const first = [type ?? name, message].filter((text) => typeof text === "string").join(": ");
  return typeof stack === "string" ? stack : first;
}
