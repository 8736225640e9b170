import { parseArgs } from "node:util";
import { listensEverywhere, pairingString, startAgent } from "./agent.ts";
import { checkAgent } from "./check/check.ts";
import { type AgentConfig, AgentConfigError, readAgentConfig } from "./config.ts";
import { loadIdentity } from "./identity.ts";

const USAGE = `Usage: npm run agent -- --config FILE [pairing | --check]

  --config FILE  the configuration, see src/agent/README.md
  pairing        print the pairing string for the monitor (a secret) and end
  --check        print what the agent finds on this machine and end
`;

const PUBLIC_ADDRESS_HINT =
  "publicAddress is not set: the monitor must be able to reach this machine by the name in the pairing string.";

type Command = "serve" | "pairing" | "check";

class UsageError extends Error {}

try {
  const { command, configFile } = parseCommandLine(process.argv.slice(2));
  await run(command, configFile);
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    const problems = error instanceof AgentConfigError ? error.problems : [(error as Error).message];
    process.stderr.write(`${problems.join("\n")}\n`);
    process.exitCode = 1;
  }
}

function parseCommandLine(args: string[]): { command: Command; configFile: string } {
  const { values, positionals } = parseOptions(args);
  if (!values.config) throw new UsageError("--config is missing");
  const [word, ...more] = positionals;
  const isWrong = more.length > 0 || (word !== undefined && (word !== "pairing" || values.check));
  if (isWrong) throw new UsageError(`Unexpected argument: ${positionals.join(" ")}`);
  const command = values.check ? "check" : word === "pairing" ? "pairing" : "serve";
  return { command, configFile: values.config };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { config: { type: "string" }, check: { type: "boolean", default: false } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function run(command: Command, configFile: string): Promise<void> {
  const config = await readAgentConfig(configFile);
  switch (command) {
    case "serve":
      return serve(config);
    case "pairing":
      return printPairingString(config);
    case "check":
      process.exitCode = (await checkAgent(config, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1;
  }
}

async function serve(config: AgentConfig): Promise<void> {
  const agent = await startAgent(config, { logger: true });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void agent.close());
}

async function printPairingString(config: AgentConfig): Promise<void> {
  if (config.port === 0)
    throw new AgentConfigError(["/port must not be 0: the pairing string names the port"]);
  const identity = await loadIdentity(config.stateDirectory);
  if (config.publicAddress === null && listensEverywhere(config))
    process.stderr.write(`${PUBLIC_ADDRESS_HINT}\n`);
  process.stdout.write(`${pairingString(config, identity, config.port)}\n`);
}
