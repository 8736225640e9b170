import type { KeyObject } from "node:crypto";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import type { Plugin } from "esbuild";
import { errorText } from "../../protocol/error-text.ts";
import { BuildError } from "./run-tool.ts";

const PROJECT = resolve(import.meta.dirname, "../../..");
const ENTRY = join(PROJECT, "src/agent/main.ts");
const FACTS = join(PROJECT, "package.json");
const SPKI = { type: "spki", format: "der" } as const;
const LICENSE_FILE = /^licen[cs]e(?:\.(?:md|txt|markdown))?$/i;
const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const RULE = `\n\n${"-".repeat(78)}\n\n`;

interface AgentBundle {
  /** `agent.cjs`: the whole agent in one CommonJS file. */
  code: Buffer;
  /** Of the packages in it, and of Node. */
  licenses: string;
}

interface BundleOptions {
  /** Null or left out = the agent takes no updates. */
  updateKey?: KeyObject | null;
  version?: string;
}

/** Bundles the agent and its packages into one file, without Node's own modules. @throws BuildError */
export async function bundleAgent({
  updateKey = null,
  version = projectVersion(),
}: BundleOptions = {}): Promise<AgentBundle> {
  const { build } = await loadEsbuild();
  const { outputFiles, metafile } = await build({
    entryPoints: [ENTRY],
    absWorkingDir: PROJECT,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    keepNames: true,
    define: {
      // Optional parts of `ws`: Node would look for them up to the root of the disk, where any user may put them.
      "process.env.WS_NO_BUFFER_UTIL": '"1"',
      "process.env.WS_NO_UTF_8_VALIDATE": '"1"',
      POSWATCH_UPDATE_KEY: JSON.stringify(updateKey?.export(SPKI).toString("base64") ?? null),
    },
    plugins: [factsOfProject(version)],
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "error",
  }).catch((error: unknown) => {
    throw new BuildError(errorText(error));
  });
  const outside = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .map(({ path }) => path)
    .filter((path) => !isBuiltin(path));
  if (outside.length > 0) throw new BuildError(`the bundle looks outside for ${outside.join(", ")}`);
  const [bundle] = outputFiles;
  if (!bundle) throw new BuildError("esbuild made no file");
  return { code: Buffer.from(bundle.contents), licenses: licensesOf(Object.keys(metafile.inputs)) };
}

export function projectVersion(): string {
  return JSON.parse(readFileSync(FACTS, "utf8")).version;
}

/** The agent needs only the version of `package.json`. */
function factsOfProject(version: string): Plugin {
  return {
    name: "facts of the project",
    setup: ({ onLoad }) =>
      onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) =>
        path === FACTS ? { contents: JSON.stringify({ version }), loader: "json" } : null,
      ),
  };
}

async function loadEsbuild() {
  return await import("esbuild").catch((error: NodeJS.ErrnoException) => {
    const isMissing = error.code === "ERR_MODULE_NOT_FOUND";
    throw new BuildError(isMissing ? "esbuild is not there: npm ci installs it" : errorText(error));
  });
}

/** One text for each folder: a package may be there in several versions. */
function licensesOf(inputs: string[]): string {
  const folders = new Map<string, string>();
  for (const input of inputs) {
    const [, folder, name] = PACKAGE.exec(input) ?? [];
    if (folder && name) folders.set(join(PROJECT, folder), name);
  }
  const packages = [...folders].sort(([, one], [, other]) => (one < other ? -1 : 1));
  const texts = packages.map(([folder, name]) => `${name}\n\n${licenseIn(folder)}`);
  return [`Node.js\n\n${licenseOfNode()}`, ...texts].join(RULE);
}

/** npm installs the same version of Node here as the package contains. */
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
