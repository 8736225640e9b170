import { decodeLines } from "../../../protocol/decode-lines.ts";
import type { LogsConfig } from "../../config/config.ts";
import type { ExchangeEventKind } from "../../config/log-patterns.ts";
import { findFiles } from "../../files/find-files.ts";
import {
  createExchangeMatcher,
  type ExchangeMatcher,
  type MatchedLine,
} from "../../sync-log/exchange-matcher.ts";
import { openLogFile } from "../../sync-log/log-file.ts";
import { readBlocksBackwards } from "../../sync-log/read-blocks-backwards.ts";

/** Newest logs first; an installer should not wait for gigabytes. */
export const MAX_CHECKED_BYTES = 256 * 1024 * 1024;

export interface CountedKind {
  count: number;
  /** The newest line. */
  last: (MatchedLine & { text: string }) | null;
}

export interface CountedMatches {
  kinds: Record<ExchangeEventKind, CountedKind>;
  lines: number;
  bytes: number;
  /** There was more than may be read. */
  isCut: boolean;
  problems: string[];
}

/** Counts which lines of the logs the patterns match, newest files first, at most 256 MiB. */
export async function countMatches(config: LogsConfig): Promise<CountedMatches> {
  const { files } = await findFiles(config.directory, config.files);
  const matcher = createExchangeMatcher(config.patterns);
  const counted: CountedMatches = {
    kinds: {
      attempted: { count: 0, last: null },
      succeeded: { count: 0, last: null },
      failed: { count: 0, last: null },
    },
    lines: 0,
    bytes: 0,
    isCut: false,
    problems: [],
  };
  for (const file of files) {
    const maxBytes = MAX_CHECKED_BYTES - counted.bytes;
    if (file.bytes > maxBytes) counted.isCut = true;
    if (maxBytes <= 0) break;
    try {
      const { handle, bytes, encoding } = await openLogFile(file, config.encoding);
      try {
        for await (const block of readBlocksBackwards(handle, { from: 0, to: bytes, maxBytes }, encoding)) {
          counted.bytes += block.bytesRead;
          const lines = decodeLines(block.bytes, block.offset, encoding);
          countLines(counted, lines.map((line) => line.text).reverse(), matcher);
        }
      } finally {
        await handle.close();
      }
    } catch (error) {
      counted.problems.push(`${file.name}: ${(error as Error).message}`);
    }
  }
  return counted;
}

function countLines(counted: CountedMatches, newestFirst: string[], matcher: ExchangeMatcher): void {
  counted.lines += newestFirst.length;
  for (const text of newestFirst) {
    const matched = matcher.match(text);
    if (!matched) continue;
    const kind = counted.kinds[matched.kind];
    kind.count += 1;
    kind.last ??= { ...matched, text };
  }
}
