import { LEVELS, type Level } from "../../protocol/log-head.ts";

const EXCHANGE = /обмен|синхронизац|\bexchange|\bsync/i;
/** How many entries may alternate, such as «начат» and «завершён» of an exchange. */
const MAX_PERIOD = 4;
/** How many repeats after the first make a fold that is shown. */
const MIN_REPEATS = 2;

/** An entry of a log: a line with those that belong to it. */
export interface LogEntry {
  firstLine: number;
  lastLine: number;
  /** See `EntryHead`. */
  time: number | null;
  level: Level;
  /** The key of its first line, see `lineKey`. */
  head: number;
  /** The key of its stack trace, or of the lines below; 0 = there are none. */
  trace: number;
  text: string;
}

/** Lines of entries that only repeat what is right above them. */
export interface Fold {
  firstLine: number;
  lastLine: number;
  repeats: number;
  /** The first and the last time in it, see `EntryHead`. */
  firstTime: number | null;
  lastTime: number | null;
  level: Level;
  /** Each repeat is an exchange that begins and ends well. */
  isExchanges: boolean;
}

interface Turns {
  period: number;
  /** The entries shown, by their place in the period. */
  shown: (LogEntry | null)[];
  /** How many in a row were equal to those shown. */
  equal: number;
}

/** `open`: entries of a period that is not complete. */
type Run = { turns: Turns; fold: Fold; open: LogEntry[] };

/**
 * Finds repeated entries, also alternating ones, in bounded memory. An entry without a trace equals one with a trace; one
 * with another trace than the entry shown is never folded.
 * @param onFold gets each fold when it ends, in the order of lines.
 */
export function createRunFinder(onFold: (fold: Fold) => void, minRepeats = MIN_REPEATS) {
  let turns: Turns[] = [];
  let recent: LogEntry[] = [];
  let count = 0;
  let run: Run | null = null;
  reset();

  function reset(): void {
    turns = Array.from({ length: MAX_PERIOD }, (_, index) => ({
      period: index + 1,
      shown: Array<LogEntry | null>(index + 1).fill(null),
      equal: 0,
    }));
    [recent, count, run] = [[], 0, null];
  }

  function add(entry: LogEntry): void {
    if (run) goOn(run, entry);
    else look(entry);
  }

  function look(entry: LogEntry): void {
    recent = [...recent.slice(1 - MAX_PERIOD * MIN_REPEATS), entry];
    for (const candidate of turns) compare(candidate, count, entry);
    count++;
    const found = turns.find(({ period, equal }) => equal >= period * minRepeats);
    if (found) run = { turns: found, fold: foldOf(recent.slice(-found.equal), found), open: [] };
  }

  function goOn({ turns, fold, open }: Run, entry: LogEntry): void {
    if (!compare(turns, count, entry)) {
      onFold(fold);
      reset();
      for (const rest of [...open, entry]) add(rest);
      return;
    }
    count++;
    open.push(entry);
    if (open.length < turns.period) return;
    for (const { time, lastLine } of open.splice(0)) {
      fold.lastLine = lastLine;
      fold.firstTime ??= time;
      fold.lastTime = time ?? fold.lastTime;
    }
    fold.repeats++;
  }

  return {
    add,
    end() {
      if (run) onFold(run.fold);
      reset();
    },
  };
}

/** Whether an entry equals the one shown at its place in the period; if not, it takes that place. */
function compare(turns: Turns, count: number, entry: LogEntry): boolean {
  const place = count % turns.period;
  const shown = turns.shown[place];
  const isEqual = shown?.head === entry.head && (entry.trace === 0 || entry.trace === shown.trace);
  if (!isEqual) turns.shown[place] = entry;
  turns.equal = isEqual ? turns.equal + 1 : 0;
  return isEqual;
}

function foldOf(entries: readonly LogEntry[], { period }: Turns): Fold {
  const times = entries.flatMap(({ time }) => time ?? []);
  const isQuietExchange = ({ level, text }: LogEntry) =>
    EXCHANGE.test(text) && LEVELS.indexOf(level) < LEVELS.indexOf("warn");
  const level = LEVELS[Math.max(...entries.map((entry) => LEVELS.indexOf(entry.level)))] ?? "none";
  return {
    firstLine: entries[0]?.firstLine ?? 0,
    lastLine: entries.at(-1)?.lastLine ?? 0,
    repeats: entries.length / period,
    firstTime: times[0] ?? null,
    lastTime: times.at(-1) ?? null,
    level,
    isExchanges: period === 2 && entries.every(isQuietExchange),
  };
}
