import { globSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BuildError } from "./run-tool.ts";

export const PROJECT = resolve(import.meta.dirname, "../..");
/** The Node of npm, on which all is tested. */
export const NODE = join(PROJECT, "node_modules/node/bin/node");

const LICENSE_FILE = /^licen[cs]e(?:\.(?:md|txt|markdown))?$/i;
const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const RULE = `\n\n${"-".repeat(78)}\n\n`;

export function projectVersion(): string {
  return JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")).version;
}

/** The licenses of Node and of the packages that have one of these files. */
export function licensesOf(files: readonly string[]): string {
  const folders = new Map<string, string>();
  for (const file of files) {
    const [, folder, name] = PACKAGE.exec(file) ?? [];
    if (folder && name) folders.set(join(PROJECT, folder), name);
  }
  // One text for each folder: a package may be there in several versions.
  const packages = [...folders].sort(([, one], [, other]) => (one < other ? -1 : 1));
  const texts = packages.map(([folder, name]) => `${name}\n\n${licenseIn(folder)}`);
  return [`Node.js\n\n${licenseOfNode()}`, ...texts].join(RULE);
}

function licenseOfNode(): string {
  const folder = join(PROJECT, "node_modules/node/node_modules");
  const [file] = globSync("node-*/LICENSE", { cwd: folder });
  if (!file) throw new BuildError(`There is no license of Node in ${folder}: npm ci installs it`);
  return readFileSync(join(folder, file), "utf8").trim();
}

/** The text of a package's license; without one, its name. */
function licenseIn(folder: string): string {
  const file = readdirSync(folder).find((name) => LICENSE_FILE.test(name));
  if (file) return readFileSync(join(folder, file), "utf8").trim();
  return String(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).license);
}
