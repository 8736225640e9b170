import { glob, stat } from "node:fs/promises";
import { decodeLines } from "../../protocol/decode-lines.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { requiredWords } from "../../protocol/required-words.ts";
import { openLogFile } from "../sync-log/log-file.ts";
import { readBlocksBackwards } from "../sync-log/read-blocks-backwards.ts";
import { createWordSearch } from "../sync-log/word-search.ts";

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINE_LENGTH = 4_096;

/**
 * Finds what the last line says that a pattern matches, in that of the files which was last written to: its first group.
 * @throws with the reason when there is no file, or no such line in its last 64 MiB.
 */
export async function findInNewestLog(globs: readonly string[], pattern: Pattern): Promise<string> {
  const path = await findNewest(globs);
  if (path === null) throw new Error(`there is no ${globs.join(", ")}`);
  const { handle, bytes, encoding } = await openLogFile({ path }, "auto");
  try {
    const hasWords = createWordSearch(requiredWords([pattern.source]), encoding);
    const range = { from: 0, to: bytes, maxBytes: MAX_BYTES };
    for await (const block of readBlocksBackwards(handle, range, encoding)) {
      if (!hasWords(block.bytes)) continue;
      for (const { text } of decodeLines(block.bytes, block.offset, encoding).reverse()) {
        const match = pattern.exec(text.slice(0, MAX_LINE_LENGTH));
        if (match) return match[1] ?? match[0];
      }
    }
  } finally {
    await handle.close();
  }
  throw new Error(`${path} does not contain what its pattern looks for`);
}

async function findNewest(globs: readonly string[]): Promise<string | null> {
  let newest: { path: string; writtenAt: number } | null = null;
  for await (const path of glob([...globs])) {
    // One that cannot be looked at may be somebody else's.
    const stats = await stat(path).catch(() => null);
    if (stats?.isFile() && stats.mtimeMs > (newest?.writtenAt ?? Number.NEGATIVE_INFINITY))
      newest = { path, writtenAt: stats.mtimeMs };
  }
  return newest?.path ?? null;
}
