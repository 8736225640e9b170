import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { errorText } from "../protocol/error-text.ts";
import { writeFileAtomically } from "../protocol/files.ts";
import { type Config, dataDirOf, readConfig } from "./config.ts";

const FILE = "poswatch.env";
export const SETTING_NAMES = [
  "HOST",
  "PORT",
  "AGENT_PORT",
  "AGENT_HOST",
  "AGENT_TLS",
  "ARCHIVE_DIR",
  "TLS_CERT",
  "TLS_KEY",
  "AGENT_CERTIFICATES",
  "TRUST_PROXY",
  "LOG_LEVEL",
];
const ASSIGNMENT = /^\s*(?:export\s+)?([^=\s]+)\s*=/;

/**
 * Reads the configuration from the environment and, for what that leaves out or empty, from `poswatch.env` in the data folder.
 * @throws Error that names everything that is wrong, and what it may be.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  return readConfig({ ...readSettingsFile(join(dataDirOf(env), FILE)), ...given });
}

/** Puts settings into `poswatch.env`, which keeps its other lines; an empty one is taken out. @throws as files do. */
export async function writeSettings(
  dataDir: string,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const file = join(dataDir, FILE);
  const lines = existsSync(file)
    ? readFileSync(file, "utf8")
        .replace(/^\uFEFF/, "")
        .split(/\r?\n/)
    : [];
  const kept = lines.filter((line) => !((ASSIGNMENT.exec(line)?.[1] ?? "") in changes) && line !== "");
  const quoted = (value: string) => (value.includes("'") ? `\`${value}\`` : `'${value}'`);
  const set = Object.entries(changes).filter(([, value]) => value !== "");
  await writeFileAtomically(
    file,
    [...kept, ...set.map(([name, value]) => `${name}=${quoted(value)}`), ""].join("\n"),
    0o600,
  );
}

function readSettingsFile(file: string): NodeJS.Dict<string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR"].includes(code)) return {};
    throw new Error(`The settings cannot be read: ${errorText(error)}`);
  }
  const problems = text.split(/\r?\n/).flatMap((line, index) => {
    const problem = problemOf(line);
    return problem ? [`  - line ${index + 1}: ${problem}`] : [];
  });
  if (problems.length > 0) throw new Error(`${file} is wrong:\n${problems.join("\n")}`);
  return parseEnv(text);
}

function problemOf(line: string): string | null {
  if (/^\s*(?:#|$)/.test(line)) return null;
  const [, name] = ASSIGNMENT.exec(line) ?? [];
  if (name === undefined) return `expected NAME=VALUE, or # and a comment`;
  if (name === "DATA_DIR") return "DATA_DIR says where this file is: set it in the environment";
  return SETTING_NAMES.includes(name)
    ? null
    : `${name} is no setting: expected one of ${SETTING_NAMES.join(", ")}`;
}
