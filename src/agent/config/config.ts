import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { LogEncoding } from "../../protocol/decode-lines.ts";
import { readMonitorAddress } from "../../protocol/monitor-address.ts";
import { readProxyAddress } from "../dial-out/proxy.ts";
import { isInside } from "../files/find-files.ts";
import {
  chooseDataFolder,
  dataFolderCandidates,
  dataFoldersIn,
  loadProfile,
  type Profile,
  pathsHere,
} from "../profiles/profile.ts";
import { type ParsedValueSource, parseValueSource, type ValueSource } from "../settings/setting-types.ts";
import { configTexts } from "../texts/config-texts.ts";
import { reasonInWords } from "../texts/reason-texts.ts";
import {
  type AgentConfigFile,
  type ChecksConfig,
  parseChecksConfig,
  parseServiceConfig,
  readConfigFile,
  type ServiceConfig,
} from "./config-schema.ts";
import { compileLogPatterns, type LogPatterns } from "./log-patterns.ts";
import {
  createWindowsSettings,
  otherOffset,
  type WindowsSettings,
  windowsVersionSource,
} from "./windows-settings.ts";

const QUARANTINE_FOLDER = "quarantine";

export interface LogsConfig extends LogPatterns {
  directory: string;
  files: string[];
  encoding: LogEncoding;
  /** Of all archives together; null = no limit. */
  maxBytesPerSecond: number | null;
}

export interface DatabaseConfig {
  directory: string;
  files: string[];
  /** On the same disk, so that files are moved there by renaming. */
  quarantineDirectory: string;
  quarantineDays: number;
  /** How long programs may keep it open after the service stopped. */
  releaseTimeoutMs: number;
  /** Run when a program still has it open after a moment: full path (perhaps a glob) of a program, and arguments. */
  releaseCommands: string[][];
  /** Files and folders that are no database, even if its globs match them. */
  protectedPaths: string[];
  /** Logs are no database either; their whole folder is spared unless the database is in it too. */
  logs: Pick<LogsConfig, "directory" | "files">;
}

/** The checked configuration: paths absolute, patterns compiled, defaults filled in. */
export interface AgentConfig {
  host: string;
  /** null = not configured: then it listens unless it dials out. */
  port: number | null;
  pathPrefix: string;
  publicAddress: string | null;
  stateDirectory: string;
  /** null = it does not dial out. */
  dialOut: DialOutConfig | null;
  /** null = the system's zone, with daylight saving as Node knows it. */
  utcOffsetMinutes: number | null;
  profile: Pick<Profile, "name" | "title" | "isTried">;
  crmId: ParsedValueSource | null;
  version: ParsedValueSource | null;
  service: ServiceConfig;
  logs: LogsConfig;
  database: DatabaseConfig;
  checks: ChecksConfig;
}

/** In Russian; each problem has its path, such as `/logs/files`. */
export class AgentConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(configTexts.problem(configTexts.title, problems.join("; ")));
    this.problems = problems;
  }
}

/** Reads a configuration file (JSON, UTF-8). @throws AgentConfigError with every problem, also when the file cannot be read. */
export async function readAgentConfig(file: string): Promise<AgentConfig> {
  let content: unknown;
  try {
    // Notepad writes a byte order mark.
    content = JSON.parse((await readFile(file, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new AgentConfigError([configTexts.cannotRead(file, reasonInWords(error))]);
  }
  const config = await parseAgentConfig(content, dirname(resolve(file)));
  config.database.protectedPaths.push(resolve(file));
  return config;
}

/** @param windows is asked for what the configuration leaves out. @throws AgentConfigError */
export async function parseAgentConfig(
  content: unknown,
  baseDirectory: string,
  windows: WindowsSettings = createWindowsSettings(),
): Promise<AgentConfig> {
  const file = readConfigFile(content);
  if ("problems" in file) throw new AgentConfigError(file.problems);
  const profile = await loadProfile(file.profile, baseDirectory);
  if ("problems" in profile) throw new AgentConfigError(profile.problems);
  const problems: string[] = [];
  const absolute = (path: string) => resolve(baseDirectory, path);
  const value = (path: string, source: ValueSource | null | undefined) =>
    source ? parseValueSource(path, source, baseDirectory, problems) : null;

  const service = parseServiceConfig(file.service, profile.service.names, problems);
  const dataDirectory = file.dataDirectory ?? (await findDataFolder(profile, service.names, windows));
  const inDataDirectory = (path: string, ...names: string[]) => {
    if (dataDirectory) return join(absolute(dataDirectory), ...names);
    problems.push(configTexts.problem(path, configTexts.folderMissing));
    return "";
  };

  const stateDirectory = absolute(file.stateDirectory);
  const logs = {
    directory: file.logs.directory
      ? absolute(file.logs.directory)
      : inDataDirectory("/logs/directory", profile.logs.folder),
    files: file.logs.files ?? profile.logs.files,
  };
  const databaseDirectory = file.database.directory
    ? absolute(file.database.directory)
    : inDataDirectory("/database/directory");
  if (databaseDirectory !== "" && isInside(databaseDirectory, stateDirectory))
    problems.push(configTexts.problem("/stateDirectory", configTexts.stateFolderTaken));

  const config: AgentConfig = {
    host: file.host,
    port: file.port ?? null,
    pathPrefix: file.pathPrefix,
    publicAddress: file.publicAddress ?? null,
    stateDirectory,
    dialOut: parseDialOutConfig(file.dialOut, problems),
    utcOffsetMinutes: file.utcOffsetMinutes ?? (await otherOffset(windows)),
    profile: { name: profile.name, title: profile.title, isTried: profile.isTried },
    crmId: value("/crmId", file.crmId ?? crmIdHere(profile)),
    version: value("/version", file.version ?? windowsVersionSource(service.names)),
    service,
    logs: {
      ...logs,
      encoding: file.logs.encoding,
      ...compileLogPatterns(
        [
          { lists: file.logs, isKnown: true, path: "/logs" },
          {
            lists: profile.logs,
            isKnown: profile.logs.readFrom !== undefined,
            path: `${profile.name}:/logs`,
          },
        ],
        problems,
      ),
      maxBytesPerSecond: file.logs.maxBytesPerSecond ?? null,
    },
    database: {
      directory: databaseDirectory,
      files: file.database.files ?? profile.database.files,
      quarantineDirectory: join(databaseDirectory, QUARANTINE_FOLDER),
      quarantineDays: file.database.quarantineDays,
      releaseTimeoutMs: file.database.releaseTimeoutMs,
      releaseCommands: commandsHere(file.database.releaseCommands ?? profile.database.releaseCommands),
      protectedPaths: [stateDirectory],
      logs,
    },
    checks: parseChecksConfig(file.checks, profile.checks),
  };
  if (problems.length > 0) throw new AgentConfigError(problems);
  return config;
}

/** The data folder of the service's account; if that is unknown or empty, the folder that was last written to. */
async function findDataFolder(
  profile: Profile,
  serviceNames: readonly string[],
  windows: WindowsSettings,
): Promise<string | undefined> {
  const accountFolder = await windows.profileFolder(serviceNames);
  const ofAccount = accountFolder === null ? [] : await existing(dataFoldersIn(profile, accountFolder));
  const candidates = ofAccount.length > 0 ? ofAccount : pathsHere(dataFolderCandidates(profile));
  return await chooseDataFolder(candidates, profile.logs.folder);
}

async function existing(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(folders.map((folder) => stat(folder).catch(() => null)));
  return folders.filter((_, index) => found[index]?.isDirectory());
}

function commandsHere(commands: string[][] = []): string[][] {
  return commands.flatMap(([program = "", ...args]) => pathsHere([program]).map((path) => [path, ...args]));
}

function crmIdHere({ crmId }: Profile): ValueSource | null {
  if (!crmId?.log) return crmId ?? null;
  const log = pathsHere(crmId.log);
  return log.length > 0 ? { ...crmId, log } : null;
}

interface DialOutConfig {
  /** `https://host:port/path`, without a trailing slash; null = the monitor that let the agent in by a code. */
  monitor: string | null;
  /** Public keys of the monitor, `sha256:<hex>`; empty = those of the code, else the system's authorities decide. */
  pins: string[];
  /** Address of an HTTP proxy, `none`, or null = environment and Windows decide. */
  proxy: string | null;
}

function parseDialOutConfig(file: AgentConfigFile["dialOut"], problems: string[]): DialOutConfig | null {
  if (!file) return null;
  const { monitor = null, pins = [], proxy = null } = file;
  const read = monitor === null ? null : readMonitorAddress(monitor);
  if (read && "problem" in read) {
    const { monitorWithoutTls, monitorAddress } = configTexts;
    const text = read.problem === "without_tls" ? monitorWithoutTls : monitorAddress;
    problems.push(configTexts.problem("/dialOut/monitor", text));
  }
  if (monitor === null && pins.length > 0)
    problems.push(configTexts.problem("/dialOut/pins", configTexts.pinsWithoutMonitor));
  if (proxy !== null && proxy !== "none" && !readProxyAddress(proxy))
    problems.push(configTexts.problem("/dialOut/proxy", configTexts.proxyAddress));
  return { monitor: read && "address" in read ? read.address : null, pins, proxy };
}
