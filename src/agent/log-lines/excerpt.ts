import { type LogExcerpt, type LogExcerptOrder, MAX_ENTRY_LENGTH } from "../../protocol/log-lines.ts";
import { cutText, mask } from "../../protocol/mask/mask.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { toMessage } from "../sync-log/exchange-matcher.ts";
import { lastOf, matchEntry } from "../sync-log/log-entry.ts";
import type { LogReading } from "../sync-log/log-reading.ts";
import { type WalkedLine, walkLog } from "../sync-log/walk-log.ts";
import { DISORDER_MS } from "./entry-blocks.ts";
import { type RawEntry, shownName, startOf, toLogEntry } from "./findings.ts";

const LIMITS = { from: Number.NEGATIVE_INFINITY, maxBytes: 64 * 1024 * 1024, maxCpuMs: 2_000 };
/** So much without a time is taken for the rest of an entry that begins above. */
const MAX_LINES_BELOW = 500;
const MAX_CHARACTERS_BELOW = 64 * 1024;
/** With time and level, and with what masking makes shorter. */
const MAX_KEPT_LENGTH = MAX_ENTRY_LENGTH + 1_024;
/** How sure it is that an entry is the one that is meant. */
const SAYS_IT = 1;
const FAILED = 2;
const MEANT = 3;

/** `before` and `after`: the nearest first. */
interface Match {
  certainty: number;
  file: string;
  entry: RawEntry;
  before: RawEntry[];
  after: RawEntry[];
}

/** The entries around the one that is meant. @param token the agent's own. @throws when the folder cannot be read. */
export async function readExcerpt(
  config: LogsConfig,
  { matcher, timesOf }: LogReading,
  order: LogExcerptOrder,
  token: string,
): Promise<LogExcerpt> {
  const at = order.at === null ? null : Date.parse(order.at);
  const since = at === null ? Number.NEGATIVE_INFINITY : at - DISORDER_MS;
  const wanted = visibleText(mask(order.text));
  let best = null as Match | null;
  /** The last that were read; the last of them first. */
  let recent: RawEntry[] = [];
  /** Lines whose entry begins further up; the lowest first. */
  let below: WalkedLine[] = [];
  let charactersBelow = 0;

  await walkLog(
    config,
    timesOf,
    { ...LIMITS, changedSince: since },
    {
      visit(line) {
        if (line.at !== null) {
          add([line, ...below.reverse()], line.at);
          below = [];
          charactersBelow = 0;
        } else {
          below.push(line);
          charactersBelow += line.text.length;
          while (below.length > MAX_LINES_BELOW || charactersBelow > MAX_CHARACTERS_BELOW) endLowest();
        }
        const isAllRead = best?.file !== line.file || best.before.length >= order.before;
        if (best?.certainty === MEANT && isAllRead) return "walk";
        return isAllRead && line.at !== null && line.at < since ? "file" : undefined;
      },
      endFile() {
        while (below.length > 0) endLowest();
        recent = [];
      },
    },
  );
  return best === null ? { file: null, entries: [] } : toExcerpt(best);

  /** Makes an entry of its own of a line. */
  function endLowest(): void {
    const lowest = below.shift();
    if (!lowest) return;
    charactersBelow -= lowest.text.length;
    if (lowest.text.trim() !== "") add([lowest], null);
  }

  function add(lines: WalkedLine[], time: number | null): void {
    const file = lines[0]?.file ?? "";
    const entry = { at: time, text: startOf(lines.map(({ text }) => text).join("\n"), MAX_KEPT_LENGTH) };
    if (best?.file === file && best.before.length < order.before) best.before.push(entry);
    const certainty = at === null || time === at ? certaintyOf(lines) : 0;
    if (certainty > (best?.certainty ?? 0)) best = { certainty, file, entry, before: [], after: recent };
    recent = [entry, ...recent].slice(0, order.after);
  }

  function certaintyOf(lines: WalkedLine[]): number {
    const said = lines.map(({ text, continuation }) => matchEntry(text, () => continuation, matcher));
    const matched = lastOf(null, said.filter((one) => one !== null).reverse(), ({ kind }) => kind);
    if (wanted === "") return matched?.kind === "succeeded" ? MEANT : 0;
    if (matched?.kind === "failed" && visibleText(matched.message) === wanted) return MEANT;
    if (at === null) return 0;
    if (matched?.kind === "failed") return FAILED;
    const whole = toMessage(lines.map(({ text }) => text).join(" "));
    return visibleText(whole).includes(wanted) ? SAYS_IT : 0;
  }

  /** The match always stays, then come the nearest on both sides in turn. */
  function toExcerpt({ file, entry, before, after }: Match): LogExcerpt {
    const shown = (raw: RawEntry, isMatch: boolean) => ({
      ...toLogEntry(raw, { timestamp: matcher.timestamp, token }, (text) => cutText(text, MAX_ENTRY_LENGTH)),
      isMatch,
    });
    const match = shown(entry, true);
    const excerpt = { file: shownName(file), entries: [match] };
    while (match.text !== "" && bytesOf(excerpt) > order.maxBytes)
      match.text = cutText(match.text, Math.floor(match.text.length * 0.9)).toWellFormed();
    let bytesLeft = order.maxBytes - bytesOf(excerpt);
    const sides = new Set([before, after]);
    for (let distance = 0; sides.size > 0; distance += 1) {
      for (const side of sides) {
        const raw = side[distance];
        const near = raw && shown(raw, false);
        if (!near || bytesOf(near) >= bytesLeft) {
          sides.delete(side);
          continue;
        }
        bytesLeft -= bytesOf(near) + 1;
        if (side === before) excerpt.entries.unshift(near);
        else excerpt.entries.push(near);
      }
    }
    return excerpt;
  }
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
