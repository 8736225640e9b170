import { isoTime } from "../../protocol/field-types.ts";
import { type LogKind, type LogKinds, MAX_KIND_LENGTH, MAX_LOG_KINDS } from "../../protocol/log-patterns.ts";
import { maskStart } from "../../protocol/mask/mask.ts";
import { MASKED } from "../../protocol/mask/masked.ts";
import { FOLDED_NAME, FOLDED_NUMBER } from "../../protocol/taught-pattern.ts";
import { withVisibleTexts } from "../../protocol/visible-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { joinMessage, matchEntry } from "../sync-log/log-entry.ts";
import { splitHeader } from "../sync-log/log-header.ts";
import { createLogReading, type TaughtRules } from "../sync-log/log-reading.ts";
import { walkLog } from "../sync-log/walk-log.ts";

const QUOTED = /«[^»]{0,200}»|“[^”]{0,200}”|"[^"]{0,200}"|'[^']{0,200}'/gu;
const ADDRESS = /\b[a-z][a-z0-9+.-]{1,10}:\/\/\S+/gi;
const IDENTIFIER = /\b(?:0x[0-9a-f]+|(?=[a-f-]{0,36}\d)[0-9a-f]{6,}(?:-[0-9a-f]{2,}){0,5})\b/i;
const NUMBER = new RegExp(`${IDENTIFIER.source}|\\d+(?:[.,:/_+-]?\\d+)*`, "giu");
/** Before a number that is an outcome: `rc=5` is another kind than `rc=0`. */
const CODE =
  /(?:\b(?:rc|code|status|result|errors?|err|exit|http)|код\p{L}*|статус\p{L}*|результат\p{L}*|итог\p{L}*|ошиб\p{L}*)["']?[ :=(]{1,3}["']?$/iu;
/** Excludes dates, identifiers and process numbers. */
const KEPT_VALUE = /^\d{1,3}$/;
/** `level=`, `"shift": `: the values of such a field are kept if they are few. */
const FIELD = /[\p{L}\d_](?:=|["'] ?:)[ "']{0,2}$/u;
/** Values that differ with each start of the program are not kept. */
const OF_PROCESS =
  /(?:^|[^\p{L}])(?:pid|tid|proc\p{L}*|thread\w*|port|\w*id|поток\p{L}*)["']?[:=][ "']{0,2}$/iu;
export const PLACE = "\u0001";
const FEW_VALUES = 4;
/** Codes may have more values, and are kept in rare lines too. */
const FEW_CODES = 8;
const MANY_LINES = 20;
const MAX_SPLIT = 64;
const MAX_LABEL_LENGTH = 40;
/** `0x80131904`, `2147467259` */
const MAX_CODE_LENGTH = 10;

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CPU_MS = 3_000;
const MAX_EXAMPLE_LENGTH = 1_000;
/** A log whose lines are all different must not fill the memory. */
const MAX_REMEMBERED_KINDS = 5_000;

/** Guests are masked; the period is in ms UTC. Untimed lines count only if all are. @throws when the folder is unreadable. */
export async function readLogKinds(
  config: LogsConfig,
  taught: TaughtRules | null,
  utcOffsetMinutes: number | null,
  { from, to }: { from: number; to: number },
): Promise<LogKinds> {
  const { matcher, timesOf } = createLogReading(config, taught, utcOffsetMinutes);
  const timed = createCounter();
  const untimed = createCounter();
  const limits = { from, maxBytes: MAX_BYTES, maxCpuMs: MAX_CPU_MS };
  const { lines, isCut } = await walkLog(config, timesOf, limits, {
    visit({ text, at, continuation }) {
      if (at !== null && at > to) return;
      const counter = at === null ? untimed : timed;
      const entry = joinMessage(text, () => continuation, matcher.timestamp);
      counter.add(splitHeader(entry, matcher.timestamp), at, () => says(text, continuation));
    },
  });
  const ofTimed = timed.kinds();
  const kinds = ofTimed.length > 0 ? ofTimed : untimed.kinds();
  return { kinds: withVisibleTexts(kinds.slice(0, MAX_LOG_KINDS)), lines, isCut };

  function says(text: string, continuation: string[]) {
    const matched = matchEntry(text, () => continuation, matcher);
    return matched && ({ kind: matched.kind, evidence: matched.isGuess ? "guess" : "known" } as const);
  }
}

/** Lines that differ only in numbers. */
interface Folded {
  /** The values of each field, in the order of the text; null = too many. */
  values: (Set<string> | null)[];
  isCode: boolean[];
  kinds: Map<string, LogKind & { values: string[] }>;
  count: number;
}

function createCounter() {
  const counted = new Map<string, Folded>();
  let remembered = 0;

  function add(
    { level, message }: { level: string | null; message: string },
    at: number | null,
    says: () => NonNullable<LogKind["says"]> | null,
  ): void {
    const example = maskStart(message, MAX_EXAMPLE_LENGTH);
    const { text, values, isCode } = foldFields(example);
    if (text === "") return;
    const key = `${level ?? ""} ${text}`;
    if (remembered >= MAX_REMEMBERED_KINDS && !counted.has(key)) return;
    const folded = counted.get(key) ?? {
      values: values.map(() => new Set<string>()),
      isCode,
      kinds: new Map(),
      count: 0,
    };
    counted.set(key, folded);
    folded.count += 1;
    for (const [index, value] of values.entries())
      if (
        folded.values[index] &&
        folded.values[index].add(value).size > (isCode[index] ? FEW_CODES : FEW_VALUES)
      )
        folded.values[index] = null;
    if (folded.kinds.size > MAX_SPLIT) folded.values = values.map(() => null);
    const kept = values.map((value, index) => (folded.values[index] ? value : FOLDED_NUMBER));
    const time = isoTime(at);
    const known = folded.kinds.get(kept.join(" "));
    if (known) merge(known, { count: 1, firstAt: time, lastAt: time });
    else if (remembered < MAX_REMEMBERED_KINDS) {
      remembered += 1;
      const kind = { text, level, count: 1, example, firstAt: time, lastAt: time, says: says(), values };
      folded.kinds.set(kept.join(" "), kind);
    }
  }

  /** Kinds that say something come first, as they may be rare. */
  function kinds(): LogKind[] {
    const found = [...counted.values()].flatMap(({ values, isCode, kinds, count }) => {
      const isKept = (index: number) => (isCode[index] || count >= MANY_LINES) && values[index] != null;
      const split = new Map<string, LogKind>();
      for (const { values: own, text, ...kind } of kinds.values()) {
        let index = -1;
        const whole = text.replaceAll(PLACE, () => {
          index += 1;
          return isKept(index) ? (own[index] ?? FOLDED_NUMBER) : FOLDED_NUMBER;
        });
        const known = split.get(whole);
        if (known) merge(known, kind);
        else split.set(whole, { ...kind, text: whole.slice(0, MAX_KIND_LENGTH) });
      }
      return [...split.values()];
    });
    return found.sort((a, b) => Number(Boolean(b.says)) - Number(Boolean(a.says)) || b.count - a.count);
  }

  return { add, kinds };
}

/** Lines are not always newest first: two files may have been written at the same time. */
function merge(
  known: LogKind,
  { count, firstAt, lastAt }: Pick<LogKind, "count" | "firstAt" | "lastAt">,
): void {
  const times = [known.firstAt, known.lastAt, firstAt, lastAt].filter((time) => time !== null).sort();
  known.count += count;
  known.firstAt = times.at(0) ?? null;
  known.lastAt = times.at(-1) ?? null;
}

/**
 * Equal for lines that differ only in numbers, times, identifiers, addresses or quoted names; guests must be masked. `PLACE`
 * stands for each field's number, such as `level=3`.
 */
export function foldFields(text: string): { text: string; values: string[]; isCode: boolean[] } {
  const values: string[] = [];
  const isCode: boolean[] = [];
  const folded = text
    .replaceAll(PLACE, " ")
    .replace(MASKED, FOLDED_NAME)
    .replace(QUOTED, FOLDED_NAME)
    .replace(ADDRESS, FOLDED_NUMBER)
    .replace(NUMBER, (number, offset: number, whole: string) => {
      const before = whole.slice(Math.max(0, offset - MAX_LABEL_LENGTH), offset);
      const isOfCode = number.length <= MAX_CODE_LENGTH && CODE.test(before);
      if (!isOfCode && (!KEPT_VALUE.test(number) || !FIELD.test(before) || OF_PROCESS.test(before)))
        return FOLDED_NUMBER;
      values.push(number);
      isCode.push(isOfCode);
      return PLACE;
    });
  return { text: folded.trim(), values, isCode };
}
