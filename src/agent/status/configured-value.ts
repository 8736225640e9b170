import { createReadStream } from "node:fs";
import { glob, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { decodeRawLines } from "../../protocol/decode-lines.ts";
import type { Pattern } from "../../protocol/pattern.ts";
import { requiredWords } from "../../protocol/required-words.ts";
import { runCommand } from "../machine/run-command.ts";
import type { ParsedValueSource } from "../settings/setting-types.ts";
import { openLogFile } from "../sync-log/log-file.ts";
import { readBlocksBackwards } from "../sync-log/read-blocks-backwards.ts";
import { createWordSearch } from "../sync-log/word-search.ts";

const MAX_VALUE_FILE_BYTES = 1024 * 1024;
const MAX_LOG_BYTES = 64 * 1024 * 1024;
const MAX_LINE_LENGTH = 4_096;
const MAX_VALUE_LENGTH = 64;
const COMMAND_TIMEOUT_MS = 10_000;

/** @throws with the reason when the value cannot be read or found. */
export async function readConfiguredValue(source: ParsedValueSource): Promise<string> {
  switch (source.kind) {
    case "value":
      return checkLength(source.value);
    case "file": {
      const head = createReadStream(source.file, { end: MAX_VALUE_FILE_BYTES - 1 });
      return findValue(await text(head), source.pattern, source.file);
    }
    case "log":
      return checkLength(await findInNewestLog(source.globs, source.pattern));
    case "command": {
      const [program = ""] = source.command;
      const { exitCode, output } = await runCommand(source.command, COMMAND_TIMEOUT_MS);
      if (exitCode !== 0) throw new Error(`${program} ended with exit code ${exitCode}`);
      return findValue(output, source.pattern, program);
    }
  }
}

/** The first group in the last matching line of the last written file. @throws when there is none in its last 64 MiB. */
async function findInNewestLog(globs: readonly string[], pattern: Pattern): Promise<string> {
  const path = await findNewest(globs);
  if (path === null) throw new Error(`there is no ${globs.join(", ")}`);
  const { handle, bytes, encoding } = await openLogFile({ path }, "auto");
  try {
    const hasWords = createWordSearch(requiredWords([pattern.source]), encoding);
    const range = { from: 0, to: bytes, maxBytes: MAX_LOG_BYTES };
    for await (const block of readBlocksBackwards(handle, range, encoding)) {
      if (!hasWords(block.bytes)) continue;
      for (const { text } of decodeRawLines(block.bytes, block.offset, encoding).reverse()) {
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
    // A file that the agent may not look at may be somebody else's.
    const stats = await stat(path).catch(() => null);
    if (stats?.isFile() && stats.mtimeMs > (newest?.writtenAt ?? Number.NEGATIVE_INFINITY))
      newest = { path, writtenAt: stats.mtimeMs };
  }
  return newest?.path ?? null;
}

function findValue(text: string, pattern: Pattern | null, origin: string): string {
  const match = pattern ? pattern.exec(text) : /\S.*/.exec(text);
  if (!match) throw new Error(`${origin} does not contain what its pattern looks for`);
  return checkLength(match[1] ?? match[0]);
}

function checkLength(value: string): string {
  const trimmed = value.trim();
  if (trimmed === "" || trimmed.length > MAX_VALUE_LENGTH) {
    throw new Error(`the value has ${trimmed.length} characters instead of 1 to ${MAX_VALUE_LENGTH}`);
  }
  return trimmed;
}
