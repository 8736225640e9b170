import { open } from "node:fs/promises";
import type { Pattern } from "../../protocol/pattern.ts";
import type { ValueSource } from "../config/value-source.ts";
import { runCommand } from "../machine/run-command.ts";
import { findInNewestLog } from "./find-in-newest-log.ts";

const MAX_VALUE_FILE_BYTES = 1024 * 1024;
const MAX_VALUE_LENGTH = 64;
const COMMAND_TIMEOUT_MS = 10_000;

/**
 * Reads a value such as the version from the configuration, a file or a command.
 * @throws with the reason when it cannot be read or found.
 */
export async function readConfiguredValue(source: ValueSource): Promise<string> {
  switch (source.kind) {
    case "value":
      return checkLength(source.value);
    case "file":
      return findValue(await readHead(source.file), source.pattern, source.file);
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

async function readHead(file: string): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(MAX_VALUE_FILE_BYTES),
      0,
      MAX_VALUE_FILE_BYTES,
      0,
    );
    return buffer.toString("utf8", 0, bytesRead).replace(/^\uFEFF/, "");
  } finally {
    await handle.close();
  }
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
