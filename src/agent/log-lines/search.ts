import { ANYTHING, type LogSearchOrder, type LogSearchResult } from "../../protocol/log-lines.ts";
import { mask } from "../../protocol/mask/mask.ts";
import type { LogsConfig } from "../config/config.ts";
import type { FoundFile } from "../files/find-files.ts";
import { MAX_CONTINUATION_LINES } from "../sync-log/log-entry.ts";
import type { LogReading } from "../sync-log/log-reading.ts";
import { createWordPattern } from "../sync-log/word-search.ts";
import { type BlockLine, type EntryBlock, lineStart } from "./entry-blocks.ts";
import { createFindings, type RawEntry } from "./findings.ts";
import type { SearchLimits } from "./search-limits.ts";
import { findSearchedFiles, openLogs, type SearchedLog } from "./searched-logs.ts";

/** In JSON something else may stand between two of them. */
const WORD = /[\p{L}\p{N}_]+/gu;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

/** @param token the agent's own. @throws when it is cancelled, or the folder cannot be read. */
export async function searchLogs(
  config: LogsConfig,
  { matcher, timesOf }: LogReading,
  order: LogSearchOrder,
  searched: SearchedText,
  token: string,
  limits: SearchLimits,
): Promise<LogSearchResult> {
  const period = { from: Date.parse(order.from), to: Date.parse(order.to) };
  const findings = createFindings(order.limit);
  const { files, problems } = await findSearchedFiles(config);
  await limits.rest(0);
  const unread: LogSearchResult["unread"] = { files: problems.length, bytes: 0, limit: null };
  for (const file of files) {
    if (file.modifiedAt < period.from) break;
    unread.limit ??= limits.reached();
    const bytesLeft = unread.limit === null ? await searchFile(file).catch(unreadable(file)) : file.bytes;
    if (bytesLeft === null) continue;
    unread.files += 1;
    unread.bytes += bytesLeft;
  }
  return { ...findings.result({ timestamp: matcher.timestamp, token }, searched.find), unread };

  /** @returns how many bytes of it were not read; null = all that matters was. */
  async function searchFile(file: FoundFile): Promise<number | null> {
    let bytesLeft: number | null = null;
    for await (const log of openLogs(file, { config, timesOf, period, limits })) {
      bytesLeft = (await searchLog(file, log).catch(unreadable(file))) ?? bytesLeft;
      if (unread.limit !== null) break;
    }
    return bytesLeft;
  }

  function unreadable({ bytes }: FoundFile): () => number {
    return () => {
      limits.signal.throwIfAborted();
      return bytes;
    };
  }

  async function searchLog(file: FoundFile, { name, blocks }: SearchedLog): Promise<number | null> {
    let isTimed = false;
    const untimed: RawEntry[] = [];
    let untimedCount = 0;
    for await (const block of blocks) {
      const others: RawEntry[] = [];
      searchBlock(block, searched, token, (entry) => {
        const { at } = entry;
        if (at === null) others.push(entry);
        else if (at >= period.from && at <= period.to) {
          findings.count(name, at);
          findings.keep({ ...entry, file: name, writtenAt: at });
        }
        isTimed ||= at !== null;
      });
      isTimed ||= block.isTimed;
      untimedCount += others.length;
      untimed.push(...others.reverse().slice(0, order.limit - untimed.length));
      await limits.rest(block.bytesRead);
      if (block.bytesLeft === 0) continue;
      unread.limit = limits.reached();
      if (unread.limit !== null) return block.bytesLeft ?? file.bytes;
    }
    // Without a time only what belongs to no entry with one.
    if (isTimed || untimedCount === 0 || file.modifiedAt > period.to) return null;
    findings.count(name, null, untimedCount);
    for (const entry of untimed.reverse())
      findings.keep({ ...entry, file: name, writtenAt: file.modifiedAt });
    return null;
  }
}

/** @param found gets each entry that has the text, the oldest first. */
function searchBlock(
  { bytes, read }: EntryBlock,
  { find, candidates }: SearchedText,
  token: string,
  found: (entry: RawEntry) => void,
): void {
  const raw = bytes.toString("latin1");
  let last: BlockLine | null = null;
  for (let from = 0; ; ) {
    candidates.lastIndex = from;
    const candidate = candidates.exec(raw);
    if (!candidate) return;
    const { end, ...entry } = entryAround(candidate.index, from);
    // What is masked cannot be guessed sign by sign.
    if (find(mask(entry.text, [token])) !== null) found(entry);
    from = end;
  }

  /** Alone when it is too far below a line with a time. */
  function entryAround(index: number, from: number): RawEntry & { end: number } {
    const line = lineAt(lineStart(bytes, index));
    let header = line;
    for (let up = 0; header.at === null && header.start > from && up < MAX_CONTINUATION_LINES; up += 1)
      header = lineAt(lineStart(bytes, header.start - 1));
    if (header.at === null) return { at: null, text: line.texts.join("\n"), end: line.end };
    const texts = [...header.texts];
    let { end } = header;
    for (let below = 0; below < MAX_CONTINUATION_LINES && end < bytes.length; below += 1) {
      const next = lineAt(end);
      if (next.at !== null) break;
      texts.push(...next.texts);
      end = next.end;
    }
    return { at: header.at, text: texts.join("\n"), end };
  }

  function lineAt(start: number): BlockLine {
    if (last?.start !== start) last = read(bytes, start);
    return last;
  }
}

interface SearchedText {
  /** Where the first piece begins in a text that has all pieces in their order; null = it has not. */
  find(text: string): number | null;
  /** Finds in bytes, read as Latin-1, what all those texts have: the longest word. */
  candidates: RegExp;
}

/** @returns null when there is nothing in it that could be looked for. */
export function readSearchedText(text: string): SearchedText | null {
  const pieces = text
    .split(ANYTHING)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
  if (pieces.length === 0) return null;
  const patterns = pieces.map(
    (piece) => new RegExp(piece.replace(SPECIAL, "\\$&").replace(/\s+/gu, "\\s+"), "giu"),
  );
  const words = pieces.flatMap((piece) => piece.match(WORD) ?? []);
  const [longest] = words.sort((a, b) => b.length - a.length);

  return {
    find(text) {
      let begin: number | null = null;
      let end = 0;
      for (const pattern of patterns) {
        pattern.lastIndex = end;
        const found = pattern.exec(text);
        if (!found) return null;
        begin ??= found.index;
        end = pattern.lastIndex;
      }
      return begin;
    },
    candidates: longest === undefined ? /\S/g : createWordPattern([longest], "auto", "g"),
  };
}
