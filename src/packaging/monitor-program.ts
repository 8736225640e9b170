import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_PACKAGES_FOLDER } from "../protocol/agent-update.ts";
import type { Files } from "./archives.ts";
import type { MonitorBundle } from "./bundle-monitor.ts";
import { fetchLocked } from "./fetch-package.ts";
import { licensesOf, NODE, PROJECT, projectVersion } from "./project.ts";

const MODULES = join(PROJECT, "node_modules");
/** Of the packages that are not in the bundle, on every system. */
const PACKAGE_FILES = [
  "better-sqlite3/{package.json,LICENSE,lib/**/*.js}",
  "@node-rs/argon2/{package.json,LICENSE,index.js}",
];
/** The guide for operators, at the paths that its links have. */
const GUIDE_FILES = [
  "README.md",
  "CHANGELOG.md",
  ".readme/*",
  "src/agent/README.md",
  "src/installation/README.md",
  "src/installation/prometheus/*",
];
const WINDOWS_ARGON2 = "@node-rs/argon2-win32-x64-msvc";

type Entries = [path: string, content: Buffer][];

/** What differs between systems. */
interface SystemParts {
  system: "linux-x64" | "windows-x64";
  /** What can be run: the launcher and Node. */
  programs: Entries;
  /** Native code, by its path among the packages. */
  native: Entries;
}

export function linuxParts(): SystemParts {
  return {
    system: "linux-x64",
    programs: [
      ["poswatch", readFileSync(join(import.meta.dirname, "poswatch.sh"))],
      ["node", readFileSync(NODE)],
    ],
    native: filesBelow(MODULES, [
      "better-sqlite3/prebuilds/linux-x64.node",
      "@node-rs/argon2-linux-x64-gnu/*.{node,json}",
    ]),
  };
}

/** @param host the native program, which is the agent's too. @throws BuildError */
export async function windowsParts(work: string, host: Buffer, node: Buffer): Promise<SystemParts> {
  const argon2 = filesBelow(await fetchLocked(work, WINDOWS_ARGON2), ["*.{node,json}"]);
  return {
    system: "windows-x64",
    programs: [
      ["poswatch.exe", host],
      ["node.exe", node],
    ],
    native: [
      ...filesBelow(MODULES, ["better-sqlite3/prebuilds/win32-x64.node"]),
      ...argon2.map(([name, content]): Entries[number] => [`${WINDOWS_ARGON2}/${name}`, content]),
    ],
  };
}

/** The monitor for one system: files by their paths in the archive, all below one folder. */
export function monitorProgram(
  { files, inputs }: MonitorBundle,
  { system, programs, native }: SystemParts,
  agentPackage: Files,
): { folder: string; files: Files; programs: string[] } {
  const folder = `poswatch-${projectVersion()}-${system}`;
  const packages = filesBelow(MODULES, PACKAGE_FILES);
  const used = [...inputs, ...packages.map(([path]) => `node_modules/${path}`)];
  const entries: Entries = [
    ...programs,
    ["version.txt", Buffer.from(`${projectVersion()}\n`)],
    ["README.txt", Buffer.from(guideText())],
    ["LICENSES.txt", Buffer.from(licensesOf(used))],
    ...filesBelow(PROJECT, GUIDE_FILES).map(([path, content]): Entries[number] => [`guide/${path}`, content]),
    ...[...agentPackage].map(([name, content]): Entries[number] => [
      `app/${AGENT_PACKAGES_FOLDER}/${name}`,
      content,
    ]),
    ...[...files].map(([path, content]): Entries[number] => [`app/${path}`, content]),
    ...[...packages, ...native].map(([path, content]): Entries[number] => [
      `app/node_modules/${path}`,
      content,
    ]),
  ];
  return {
    folder,
    files: new Map(entries.map(([path, content]) => [`${folder}/${path}`, content])),
    programs: programs.map(([name]) => `${folder}/${name}`),
  };
}

function filesBelow(folder: string, patterns: readonly string[]): Entries {
  return globSync([...patterns], { cwd: folder })
    .sort()
    .map((path) => [path, readFileSync(join(folder, path))]);
}

interface Guide {
  title: string;
  /** How the commands are called. */
  call: string;
  [section: string]: string | { title: string; text: string };
}

/** What whoever has an archive reads first, Russian before English: the same as in «Справка». Lines end as Windows wants them. */
function guideText(): string {
  const languages = ["ru", "en"].map((language) => {
    const file = join(PROJECT, "src/monitor/translations", language, "guide.json");
    const { title, call, ...sections }: Guide = JSON.parse(readFileSync(file, "utf8")).guide;
    const parts = Object.values(sections).flatMap((section) =>
      typeof section === "string" ? [] : [`${section.title}\n\n${section.text}`],
    );
    return [title.toUpperCase(), ...parts, call].join("\n\n\n");
  });
  return `\uFEFF${languages.join(`\n\n\n${"=".repeat(78)}\n\n`)}\n`.replaceAll("\n", "\r\n");
}
