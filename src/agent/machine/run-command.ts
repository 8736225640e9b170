import { execFile } from "node:child_process";
import { join } from "node:path";

const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_SHOWN_OUTPUT = 300;

export interface CommandResult {
  exitCode: number;
  /** Both streams, as `decodeConsole` reads them. */
  output: string;
}

/** Without a shell. @throws when it cannot be started, takes too long, prints too much or is killed; never for its exit code. */
export function runCommand(commandLine: readonly string[], timeoutMs: number): Promise<CommandResult> {
  const [program = "", ...args] = commandLine;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      {
        timeout: timeoutMs,
        maxBuffer: MAX_OUTPUT_BYTES,
        windowsHide: true,
        encoding: "buffer",
        killSignal: "SIGKILL",
      },
      (error, stdout, stderr) => {
        const output = decodeConsole(Buffer.concat([stdout, stderr]));
        if (!error) return resolve({ exitCode: 0, output });
        if (typeof error.code === "number") return resolve({ exitCode: error.code, output });
        const reason = error.killed ? `did not finish within ${timeoutMs} ms` : error.message;
        reject(new Error(`${program}: ${reason}`));
      },
    );
  });
}

export function describeFailure(program: string, { exitCode, output }: CommandResult): string {
  const text = output.replace(/\s+/g, " ").trim().slice(0, MAX_SHOWN_OUTPUT);
  return `${program} ended with exit code ${exitCode}${text ? `: ${text}` : ""}`;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const cp866 = new TextDecoder("ibm866");
const windows1251 = new TextDecoder("windows-1251");

/** Reads UTF-8, or one of the two code pages of Russian Windows. */
export function decodeConsole(output: Uint8Array): string {
  try {
    return utf8.decode(output);
  } catch {
    return (looksLikeWindows1251(output) ? windows1251 : cp866).decode(output);
  }
}

/** Only CP866 has letters at 0x80 to 0xAF, only Windows-1251 at 0xC0 to 0xDF and from 0xF2 on. */
function looksLikeWindows1251(output: Uint8Array): boolean {
  let balance = 0;
  for (const byte of output) {
    if (byte >= 0x80 && byte <= 0xaf) balance -= 1;
    else if ((byte >= 0xc0 && byte <= 0xdf) || byte >= 0xf2) balance += 1;
  }
  return balance > 0;
}

/** The full path: by name alone a program in the current folder would be run first. */
export function windowsProgram(name: string): string {
  return join(process.env.SystemRoot ?? "C:\\Windows", "System32", name);
}
