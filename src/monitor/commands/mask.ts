import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { decodeRawLines, fileEncoding } from "../../protocol/decode-lines.ts";
import { mask } from "../../protocol/mask/mask.ts";
import { callOf } from "../translations/call-of.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Prints the lines of a log one for one, guests' data and secrets hidden.

  ${callOf("mask")} FILE
`;

async function main(): Promise<void> {
  const [file] = parseArgs({ allowPositionals: true }).positionals;
  if (file === undefined) throw new Error(USAGE);
  const bytes = readFileSync(file);
  const lines = decodeRawLines(bytes, 0, fileEncoding(bytes, "auto")).map(({ text }) => text);
  if (lines.length > 0) process.stdout.write(`${mask(lines.join("\n"))}\n`);
}

runCommand(USAGE, main);
