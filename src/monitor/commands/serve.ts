import { parseArgs } from "node:util";
import { SETTING_NAMES } from "../settings-file.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Runs Poswatch until SIGTERM, or Ctrl-C.

Settings are variables of the environment, or lines NAME=VALUE of the file poswatch.env in the folder DATA_DIR (./data):
${SETTING_NAMES.join(", ")}.
A wrong one is refused, with what it may be.
`;

async function main(): Promise<void> {
  parseArgs();
  await import("../server.ts");
}

runCommand(USAGE, main);
