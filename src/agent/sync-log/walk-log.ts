import { setImmediate as nextTurn } from "node:timers/promises";
import { decodeLines } from "../../protocol/decode-lines.ts";
import { errorText } from "../../protocol/error-text.ts";
import type { LogsConfig } from "../config/config.ts";
import { type FoundFile, findFiles } from "../files/find-files.ts";
import { MAX_CONTINUATION_LINES } from "./log-entry.ts";
import { openLogFile } from "./log-file.ts";
import type { LogTimeParser, TimedFile } from "./log-time.ts";
import { type LineBlock, readBlocksBackwards } from "./read-blocks-backwards.ts";
import { createWorkBudget } from "./work-budget.ts";

export interface WalkLimits {
  /** ms UTC; older lines are not visited, lines without a time are. */
  from: number;
  /** ms UTC; files that were not changed since are left out; `from` unless told. */
  changedSince?: number;
  maxBytes: number;
  maxCpuMs: number;
}

export interface WalkedLine {
  text: string;
  /** ms UTC; null without a time of its own. */
  at: number | null;
  /** Up to 20 lines below without a time. */
  continuation: string[];
  /** The name of its file. */
  file: string;
}

interface LogVisitor {
  /** @returns what ends with this line: its file, or the whole walk. */
  visit(line: WalkedLine): "file" | "walk" | undefined;
  endFile?(): void;
}

export interface WalkedLog {
  lines: number;
  bytes: number;
  /** The limits ended the walk. */
  isCut: boolean;
  /** Why some files could not be read. */
  problems: string[];
}

/** Visits the newest files first, and in each file the last line first. @throws when the folder cannot be read. */
export async function walkLog(
  config: LogsConfig,
  timesOf: (file: TimedFile) => LogTimeParser,
  limits: WalkLimits,
  { visit, endFile = () => {} }: LogVisitor,
): Promise<WalkedLog> {
  const { files, problems } = await findFiles(config.directory, config.files);
  const budget = createWorkBudget(limits.maxCpuMs);
  const walked: WalkedLog = { lines: 0, bytes: 0, isCut: false, problems };
  let isOver = false;
  for (const file of files) {
    if (isOver) break;
    if (file.modifiedAt < (limits.changedSince ?? limits.from)) continue;
    if (walked.bytes >= limits.maxBytes || budget.isSpent()) {
      walked.isCut = true;
      break;
    }
    try {
      await walkFile(file);
    } catch (error) {
      problems.push(`${file.name}: ${errorText(error)}`);
    }
  }
  return walked;

  async function walkFile(file: FoundFile): Promise<void> {
    const { handle, bytes, encoding } = await openLogFile(file, config.encoding);
    const maxBytes = limits.maxBytes - walked.bytes;
    const parseTime = timesOf(file);
    let below: string[] = [];
    /** @returns whether the file ends here. */
    const visitLines = ({ bytes: block, offset }: LineBlock): boolean => {
      for (const { text } of decodeLines(block, offset, encoding).reverse()) {
        const at = parseTime(text, Date.now());
        if (at !== null && at < limits.from) return true;
        walked.lines += 1;
        const ended = visit({ text, at, continuation: below, file: file.name });
        isOver = ended === "walk";
        if (ended) return true;
        below = at === null ? [text, ...below].slice(0, MAX_CONTINUATION_LINES) : [];
        if (!budget.isSpent()) continue;
        walked.isCut = true;
        return true;
      }
      return false;
    };
    try {
      let bytesRead = 0;
      for await (const block of readBlocksBackwards(handle, { from: 0, to: bytes, maxBytes }, encoding)) {
        bytesRead += block.bytesRead;
        walked.bytes += block.bytesRead;
        if (budget.spend(() => visitLines(block))) return;
        await nextTurn();
      }
      if (bytesRead < bytes) walked.isCut = true;
    } finally {
      endFile();
      await handle.close();
    }
  }
}
