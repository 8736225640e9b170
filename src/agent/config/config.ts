import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { LogEncoding } from "../../protocol/decode-lines.ts";
import { compilePattern, type Pattern, UnusablePatternError } from "../../protocol/pattern.ts";
import { isInside } from "../files/is-inside.ts";
import {
  type AgentConfigFile,
  explainInvalidConfigFile,
  fillConfigFile,
  isConfigFile,
  type ValueSourceFile,
} from "./config-schema.ts";
import { compileLogPatterns, type LogPatterns } from "./log-patterns.ts";
import { chooseDataDirectory, WINDOWS_DATA_DIRECTORIES, windowsVersionSource } from "./windows-defaults.ts";

const QUARANTINE_FOLDER = "quarantine";

/** Where a value comes from; `pattern` finds it, null = the first line. */
export type ValueSource =
  | { kind: "value"; value: string }
  | { kind: "file"; file: string; pattern: Pattern | null }
  | { kind: "command"; command: string[]; pattern: Pattern | null };

export interface ServiceCommands {
  status: string[];
  statePatterns: Record<"running" | "stopped" | "starting" | "stopping" | "not_installed", Pattern>;
  startedAtPattern: Pattern;
  start: string[] | null;
  stop: string[] | null;
}

/** How the service is asked. */
export type ServiceControlConfig = { names: string[]; timeoutMs: number } & (
  | { control: "windows" | "systemd" }
  | { control: "commands"; commands: ServiceCommands }
);

export type ServiceConfig = ServiceControlConfig & { stopTimeoutMs: number; startTimeoutMs: number };

export interface LogsConfig extends LogPatterns {
  directory: string;
  files: string[];
  encoding: LogEncoding;
  /** Of all archives together; null = as fast as it goes. */
  maxBytesPerSecond: number | null;
}

export interface DatabaseConfig {
  directory: string;
  files: string[];
  /** On the same disk, so that files move there by renaming. */
  quarantineDirectory: string;
  quarantineDays: number;
  /** Files and folders that are no database, however wide its globs are. */
  protectedPaths: string[];
  /** No database either; all of that folder, unless it is that of the database too. */
  logs: Pick<LogsConfig, "directory" | "files">;
}

/** The checked configuration: paths absolute, patterns compiled, defaults filled in. */
export interface AgentConfig {
  host: string;
  port: number;
  pathPrefix: string;
  publicAddress: string | null;
  stateDirectory: string;
  /** null = the system's zone, with its daylight-saving changes. */
  utcOffsetMinutes: number | null;
  crmId: ValueSource | null;
  version: ValueSource | null;
  service: ServiceConfig;
  logs: LogsConfig;
  database: DatabaseConfig;
}

/** Everything that is wrong with a configuration, each problem with its path such as `/logs/files`. */
export class AgentConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Configuration of the agent: ${problems.join("; ")}`);
    this.problems = problems;
  }
}

/**
 * Reads a configuration file (JSON, UTF-8).
 * @throws AgentConfigError naming every problem; an unreadable file is one of them.
 */
export async function readAgentConfig(file: string): Promise<AgentConfig> {
  let content: unknown;
  try {
    // Notepad writes a byte order mark.
    content = JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new AgentConfigError([`${file}: ${(error as Error).message}`]);
  }
  const config = await parseAgentConfig(content, dirname(resolve(file)));
  config.database.protectedPaths.push(resolve(file));
  return config;
}

/**
 * Checks the content of a configuration file; relative paths start at `baseDirectory`.
 * @throws AgentConfigError
 */
export async function parseAgentConfig(content: unknown, baseDirectory: string): Promise<AgentConfig> {
  const file = fillConfigFile(content);
  if (!isConfigFile(file)) throw new AgentConfigError(explainInvalidConfigFile(file));
  const problems: string[] = [];
  const compile = (path: string, pattern: string) => compileValuePattern(path, pattern, problems);
  const absolute = (path: string) => resolve(baseDirectory, path);

  const isWindows = process.platform === "win32";
  const dataDirectory =
    file.dataDirectory ?? (await chooseDataDirectory(isWindows ? WINDOWS_DATA_DIRECTORIES : []));
  const inDataDirectory = (path: string, ...names: string[]) => {
    if (dataDirectory) return join(absolute(dataDirectory), ...names);
    problems.push(`${path} is required here, or /dataDirectory`);
    return "";
  };
  const valueSource = (path: string, source: ValueSourceFile | undefined): ValueSource | null => {
    if (!source) return null;
    const pattern = source.pattern === undefined ? null : compile(`${path}/pattern`, source.pattern);
    if (source.file !== undefined) return { kind: "file", file: absolute(source.file), pattern };
    if (source.command !== undefined) return { kind: "command", command: source.command, pattern };
    return { kind: "value", value: source.value ?? "" };
  };

  const stateDirectory = absolute(file.stateDirectory);
  const logs = {
    directory: file.logs.directory
      ? absolute(file.logs.directory)
      : inDataDirectory("/logs/directory", "Logs"),
    files: file.logs.files,
  };
  const databaseDirectory = file.database.directory
    ? absolute(file.database.directory)
    : inDataDirectory("/database/directory");
  if (databaseDirectory !== "" && isInside(databaseDirectory, stateDirectory))
    problems.push("/stateDirectory must not be the folder of the database or one above it");

  const config: AgentConfig = {
    host: file.host,
    port: file.port,
    pathPrefix: file.pathPrefix,
    publicAddress: file.publicAddress ?? null,
    stateDirectory,
    utcOffsetMinutes: file.utcOffsetMinutes ?? null,
    crmId: valueSource("/crmId", file.crmId),
    version: valueSource(
      "/version",
      file.version ?? (isWindows ? windowsVersionSource(file.service.names) : undefined),
    ),
    service: serviceConfig(file.service, compile, problems),
    logs: {
      ...logs,
      encoding: file.logs.encoding,
      ...compileLogPatterns(file.logs, problems),
      maxBytesPerSecond: file.logs.maxBytesPerSecond ?? null,
    },
    database: {
      directory: databaseDirectory,
      files: file.database.files,
      quarantineDirectory: join(databaseDirectory, QUARANTINE_FOLDER),
      quarantineDays: file.database.quarantineDays,
      protectedPaths: [stateDirectory],
      logs,
    },
  };
  if (problems.length > 0) throw new AgentConfigError(problems);
  return config;
}

/** One that can take any time is no reason not to start: what it should have found is unknown then. */
function compileValuePattern(path: string, source: string, problems: string[]): Pattern {
  try {
    return compilePattern(source);
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof UnusablePatternError)) problems.push(`${path} ${message}`);
    return unusablePattern(source, `${path} cannot be used: ${message}`);
  }
}

function unusablePattern(source: string, reason: string): Pattern {
  const refuse = () => {
    throw new Error(reason);
  };
  return { source, test: refuse, exec: refuse, strip: refuse };
}

function serviceConfig(
  service: AgentConfigFile["service"],
  compile: (path: string, pattern: string) => Pattern,
  problems: string[],
): ServiceConfig {
  const { control, commands, ...limits } = service;
  if (control !== "commands") return { ...limits, control };
  if (!commands) {
    problems.push('/service/commands is required with control "commands"');
    return { ...limits, control: "systemd" };
  }
  const { startedAt, ...states } = commands.patterns;
  const state = (name: keyof typeof states) => compile(`/service/commands/patterns/${name}`, states[name]);
  return {
    ...limits,
    control,
    commands: {
      status: commands.status,
      start: commands.start ?? null,
      stop: commands.stop ?? null,
      statePatterns: {
        running: state("running"),
        stopped: state("stopped"),
        starting: state("starting"),
        stopping: state("stopping"),
        not_installed: state("not_installed"),
      },
      startedAtPattern: compile("/service/commands/patterns/startedAt", startedAt),
    },
  };
}
