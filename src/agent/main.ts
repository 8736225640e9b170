import { Socket } from "node:net";
import { constants, setPriority } from "node:os";
import { parseArgs } from "node:util";
import { errorText } from "../protocol/error-text.ts";
import type { AgentConfig, AgentConfigError } from "./config/config.ts";
import { isUnderHost } from "./machine/service-host.ts";
import { commandLineTexts } from "./texts/command-line-texts.ts";
import { configTexts } from "./texts/config-texts.ts";

type Command =
  | "serve"
  | "enroll"
  | "pairing"
  | "quarantine list"
  | "quarantine restore"
  | "check"
  | "firewall";

interface CommandLine {
  command: Command;
  configFile: string;
  /** Secret, as it was pasted. */
  code: string;
  /** Whether an answer for good is waited for. */
  waits: boolean;
  /** Name of a folder in quarantine. */
  time: string;
}

class UsageError extends Error {}

// What it keeps, logs and databases of guests among it, is for its own user alone.
process.umask(0o077);

void main();

async function main(): Promise<void> {
  try {
    await run(parseCommandLine(process.argv.slice(2)));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${commandLineTexts.usage}`);
      process.exitCode = 2;
    } else {
      const { problems = [], message } = error as Partial<AgentConfigError>;
      process.stderr.write(`${problems.join("\n") || message}\n`);
      process.exitCode = 1;
    }
  }
}

function parseCommandLine(args: string[]): CommandLine {
  const { values, positionals } = parseOptions(args);
  const { config: configFile, code = "", "no-wait": isLeft } = values;
  if (!configFile) throw new UsageError(commandLineTexts.configMissing);
  // What stands beside it may be a code, which nobody else should read in a log.
  if (positionals.includes("enroll") && (positionals.length > 1 || code === ""))
    throw new UsageError(commandLineTexts.codeMissing);
  const command = findCommand(positionals, values.check);
  if (!command) throw new UsageError(commandLineTexts.unexpected(positionals.join(" ")));
  if ((code !== "" || isLeft) && command !== "enroll") throw new UsageError(commandLineTexts.codeElsewhere);
  return { command, configFile, code, waits: !isLeft, time: positionals[2] ?? "" };
}

function findCommand(words: string[], isCheck: boolean): Command | null {
  const [first, second] = words;
  if (isCheck) return words.length === 0 ? "check" : null;
  if (words.length === 0) return "serve";
  if (words.length === 1 && (first === "enroll" || first === "pairing" || first === "firewall")) return first;
  if (words.length === 2 && first === "quarantine" && second === "list") return "quarantine list";
  if (words.length === 3 && first === "quarantine" && second === "restore") return "quarantine restore";
  return null;
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: { type: "string" },
        code: { type: "string" },
        "no-wait": { type: "boolean", default: false },
        check: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(commandLineTexts.malformed(errorText(error).split(". ", 1).join()));
  }
}

/** Loads what its command needs, and nothing else: the server alone takes twice as long as all the rest. */
async function run({ command, configFile, code, waits, time }: CommandLine): Promise<void> {
  const { readAgentConfig } = await import("./config/config.ts");
  const config = await readAgentConfig(configFile);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  switch (command) {
    case "serve":
      return serve(config);
    case "enroll": {
      const { enroll } = await import("./command-line/enroll.ts");
      const stopping = new AbortController();
      onStop(() => stopping.abort());
      const isWell = await enroll(config, { configFile, pasted: code, waits }, print, stopping.signal);
      process.exitCode = isWell ? 0 : 1;
      return;
    }
    case "pairing":
      return printPairingString(config);
    case "check": {
      const { checkAgent } = await import("./command-line/check/check.ts");
      process.exitCode = (await checkAgent(config, configFile, print)) ? 0 : 1;
      return;
    }
    case "firewall": {
      const { openFirewall } = await import("./command-line/open-firewall.ts");
      process.exitCode = (await openFirewall(config, print)) ? 0 : 1;
      return;
    }
    case "quarantine list": {
      const { printQuarantine } = await import("./command-line/list-quarantine.ts");
      return printQuarantine(config, configFile, print);
    }
    case "quarantine restore": {
      const { restoreFromQuarantine } = await import("./command-line/restore-quarantine.ts");
      return restoreFromQuarantine(config, time, print);
    }
  }
}

async function serve(config: AgentConfig): Promise<void> {
  // The tills of a restaurant come first, and reading logs can wait.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const { startAgent } = await import("./agent.ts");
  const agent = await startAgent(config, { logger: true });
  onStop(() => void agent.close());
  if (isUnderHost()) onInputEnd(() => void agent.close());
}

function onStop(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
}

/** Windows has no signal to end a program with: its service host closes the standard input, which itself keeps nothing running. */
function onInputEnd(stop: () => void): void {
  process.stdin.once("end", stop).resume();
  if (process.stdin instanceof Socket) process.stdin.unref();
}

async function printPairingString(config: AgentConfig): Promise<void> {
  const { listensEverywhere, pairingString } = await import("./pairing.ts");
  const { choosePort } = await import("./enrolment/choose-target.ts");
  const { readStanding } = await import("./enrolment/standing.ts");
  const { loadIdentity } = await import("./machine/identity.ts");
  if (config.port === 0) throw new Error(configTexts.problem("/port", configTexts.portUnknown));
  const identity = await loadIdentity(config.stateDirectory);
  const port = choosePort(config, await readStanding(config.stateDirectory, identity.posServerId));
  if (port === null) throw new Error(configTexts.problem("/port", configTexts.portMissing));
  if (config.publicAddress === null && listensEverywhere(config))
    process.stderr.write(`${configTexts.publicAddressMissing}\n`);
  process.stdout.write(`${pairingString(config, identity, port)}\n`);
}
