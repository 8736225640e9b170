import { Socket } from "node:net";
import { constants, setPriority } from "node:os";
import { parseArgs } from "node:util";
import { WORKER_ARGUMENT } from "../protocol/answer-parent.ts";
import { errorText } from "../protocol/error-text.ts";
import type { AgentConfig, AgentConfigError } from "./config/config.ts";
import { isUnderHost } from "./machine/service-host.ts";
import { commandLineTexts } from "./texts/command-line-texts.ts";
import { configTexts } from "./texts/config-texts.ts";

/** Tells the native host to start the new version (`windows-service/service.c`). */
const EXIT_UPDATED = 75;
/** An update must not keep a restaurant without its agent for longer. */
const UPDATED_ENDS_WITHIN_MS = 10_000;

class UsageError extends Error {}

if (process.argv[2] === WORKER_ARGUMENT) {
  void import("../protocol/pattern-worker.ts");
} else {
  // Its files, such as logs and databases of guests, are for its own user alone.
  process.umask(0o077);
  void main();
}

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

/** Imports only what the command needs: the server alone takes twice as long as all the rest. */
async function run({ command, configFile, code, time }: CommandLine): Promise<void> {
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
      const isWell = await enroll(config, { configFile, pasted: code }, print, stopping.signal);
      process.exitCode = isWell ? 0 : 1;
      return;
    }
    case "pairing":
      return printPairingString(config);
    case "check": {
      const { checkAgent } = await import("./command-line/check.ts");
      process.exitCode = (await checkAgent(config, configFile, print)) ? 0 : 1;
      return;
    }
    case "firewall": {
      const { openFirewall } = await import("./command-line/open-firewall.ts");
      process.exitCode = (await openFirewall(config, print)) ? 0 : 1;
      return;
    }
    case "quarantine list": {
      const { printQuarantine } = await import("./command-line/quarantine.ts");
      return printQuarantine(config, configFile, print);
    }
    case "quarantine restore": {
      const { restoreFromQuarantine } = await import("./command-line/quarantine.ts");
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
  void agent.updated.then(() => {
    process.exitCode = EXIT_UPDATED;
    setTimeout(() => process.exit(), UPDATED_ENDS_WITHIN_MS).unref();
    return agent.close();
  });
}

function onStop(stop: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
}

/** Windows has no signals: the service host closes the standard input. Reading that alone must not keep the agent running. */
function onInputEnd(stop: () => void): void {
  process.stdin.once("end", stop).resume();
  if (process.stdin instanceof Socket) process.stdin.unref();
}

async function printPairingString(config: AgentConfig): Promise<void> {
  const { listensEverywhere, pairingString } = await import("./listening.ts");
  const { choosePort, readStanding } = await import("./enrolment/enrolment.ts");
  const { loadIdentity } = await import("./machine/identity.ts");
  if (config.port === 0) throw new Error(configTexts.problem("/port", configTexts.portUnknown));
  const identity = await loadIdentity(config.stateDirectory);
  const port = choosePort(config, await readStanding(config.stateDirectory, identity.posServerId));
  if (port === null) throw new Error(configTexts.problem("/port", configTexts.portMissing));
  if (config.publicAddress === null && listensEverywhere(config))
    process.stderr.write(`${configTexts.publicAddressMissing}\n`);
  process.stdout.write(`${pairingString(config, identity, port)}\n`);
}

type Command =
  | "serve"
  | "enroll"
  | "pairing"
  | "quarantine list"
  | "quarantine restore"
  | "check"
  | "firewall";

type CommandLine = ReturnType<typeof parseCommandLine>;

/** @param args after the program. @returns `code` as pasted: a secret. @throws UsageError, with a text for whoever typed it. */
function parseCommandLine(args: string[]) {
  const { values, positionals } = parseOptions(args);
  const { config: configFile, code = "" } = values;
  if (!configFile) throw new UsageError(commandLineTexts.configMissing);
  // The other words may be a code, which must not be printed.
  if (positionals.includes("enroll") && (positionals.length > 1 || code === ""))
    throw new UsageError(commandLineTexts.codeMissing);
  const command = findCommand(positionals, values.check);
  if (!command) throw new UsageError(commandLineTexts.unexpected(positionals.join(" ")));
  if (code !== "" && command !== "enroll") throw new UsageError(commandLineTexts.codeElsewhere);
  return { command, configFile, code, time: positionals[2] ?? "" };
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
        check: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(commandLineTexts.malformed(errorText(error).split(". ", 1).join()));
  }
}
