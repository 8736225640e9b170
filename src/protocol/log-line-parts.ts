import { HEAD, LEVEL_AFTER_TIME, LEVEL_ALONE } from "./log-head.ts";

/** `origin`: a named thread, or the place in the program. `aside`: date, thread numbers, separators. */
export type PartKind = "time" | "level" | "origin" | "text" | "aside";

/** `to` is exclusive. */
interface EntryPart {
  kind: PartKind;
  from: number;
  to: number;
}

const HEAD_WITH_PLACES = new RegExp(HEAD.source, `${HEAD.flags}d`);
const MILLISECOND_DIGITS = 3;
/**
 * After time and level: `] `, ` [48] — `, ` [50] [Class:Method:59] - `, ` [Event Loop 1] - `, ` | `, `|Some.Logger|`,
 * `:some.logger:`, ` [1] SomeClass - `, ` host program[12]: `, a column of its own, ` a::b: `, `| module:function:12 - `.
 */
const TAIL =
  /^(?: {0,3}[\])>])?[ \t]{0,20}(?:\d{1,9} --- )?(?:(?<place>[\w.-]{1,60} [\w./-]{1,60}\[\d{1,9}\]: |(?<=\t)[\w./:$-]{1,100}\t|\w{1,60}(?:::\w{1,60}){1,8}: |\| ?[\w$.]{1,100}:\w{1,60}:\d{1,6} - )|:(?<name>[\w.$-]{1,100}):(?=\S)|\|(?<logger>(?:[\w.$`+-]{1,100}(?=\|))?)\|?[ \t]?|(?<thread>(?:\[ {0,9}\d{1,9}\] ?)?)(?<origin>(?:\[[^\]]{1,100}\][ \t]?){0,2}[ \t]{0,20}(?:(?=[\w$.]*(?:[a-z][A-Z]|\.))[A-Za-z][\w$.]{0,100}[ \t]{1,20})?(?:\[\(null\)\] )?)[-—–|:](?=[ \t]|$)[ \t]?)?/u;

/** Parts for columns, in order and without gaps; time and level always, empty if missing. null when the line begins no entry. */
export function readEntryParts(text: string): EntryPart[] | null {
  const places = HEAD_WITH_PLACES.exec(text)?.indices?.groups;
  const head = places ? headWithTime(text, places) : headOfLevel(text);
  if (!head) return null;
  const tail = TAIL.exec(text.slice(head.end));
  const { thread = "", origin: named = "", logger = "", name = "", place = "" } = tail?.groups ?? {};
  const origin = place.replace(/^\| ?|[:\s-]+$/gu, "") || logger || name || named;
  const textFrom = head.end + (tail?.[0].length ?? 0);
  const originFrom = text.indexOf(thread + origin, head.end) + thread.length;
  return withAsides([
    ...head.parts,
    ...(origin === "" ? [] : [partOf("origin", originFrom, originFrom + origin.trimEnd().length)]),
    partOf("text", textFrom, text.length),
  ]);
}

type Places = Record<string, [number, number] | undefined>;
interface Head {
  parts: EntryPart[];
  end: number;
}

function headWithTime(text: string, { hour, second, fraction, epoch, before, rest }: Places): Head {
  const [timeFrom] = hour ?? epoch ?? [0, 0];
  const [, secondTo] = second ?? epoch ?? [0, 0];
  const timeTo = fraction ? Math.min(fraction[0] + MILLISECOND_DIGITS, fraction[1]) : secondTo;
  const time = partOf("time", timeFrom, timeTo);
  const [restFrom, restTo] = rest ?? [text.length, text.length];
  if (before) return { parts: [partOf("level", ...before), time], end: restFrom };
  const level = LEVEL_AFTER_TIME.exec(text.slice(restFrom, restTo));
  if (!level) return { parts: [time, partOf("level", timeTo, timeTo)], end: restFrom };
  const from = restFrom + level.index;
  const to = from + level[0].length;
  return { parts: [time, partOf("level", from, to)], end: to };
}

function headOfLevel(text: string): Head | null {
  const word = LEVEL_ALONE.exec(text)?.[1];
  if (word === undefined) return null;
  const from = text.indexOf(word);
  const to = from + word.length;
  return { parts: [partOf("time", 0, 0), partOf("level", from, to)], end: to };
}

function partOf(kind: PartKind, from: number, to: number): EntryPart {
  return { kind, from, to };
}

function withAsides(parts: readonly EntryPart[]): EntryPart[] {
  let end = 0;
  return parts.flatMap((part) => {
    const between = part.from > end ? [partOf("aside", end, part.from)] : [];
    end = part.to;
    return [...between, part];
  });
}
